package dev.parley.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** A TCP connection of the load generator. */
abstract class Connection {

    private static final byte[] NOTHING = {};

    private final LoadLoop loop;
    private final SocketChannel channel;
    private final SelectionKey key;
    private byte[] incomplete = NOTHING;
    private ByteBuffer output = ByteBuffer.allocate(256);
    private boolean flushing;
    private boolean deaf;

    /** Begins to connect; what is written before that is done is sent then. */
    Connection(LoadLoop loop, InetSocketAddress server) {
        this.loop = loop;
        try {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean connected = channel.connect(server);
            key = channel.register(loop.selector(), connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
        } catch (IOException e) {
            throw new LoadFailure("cannot connect to " + server, e);
        }
    }

    /**
     * Takes what has arrived.
     *
     * @param bytes begins with what was left over the last time
     * @return how many bytes were used; the others come again, with those that follow
     */
    abstract int received(byte[] bytes, int length);

    /** The server has closed the connection. */
    abstract void ended();

    /** The connection has failed: the server has reset it, as a rule. */
    void broken(IOException cause) {
        throw new LoadFailure("a connection broke", cause);
    }

    /** Room for so many bytes, which will be sent in order. */
    final ByteBuffer output(int bytes) {
        if (output.remaining() < bytes) {
            output = ByteBuffer.allocate(2 * (output.position() + bytes)).put(output.flip());
        }
        if (!flushing) {
            flushing = true;
            loop.flushLater(this);
        }
        return output;
    }

    /** Reads nothing any more. */
    final void stopReading() {
        deaf = true;
        if (channel.isConnected()) {
            key.interestOps(key.interestOps() & ~SelectionKey.OP_READ);
        }
    }

    /** Ends the connection as if the client's machine had lost it: with a reset, or without a word. */
    public final void reset() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            throw new LoadFailure("SO_LINGER failed", e);
        }
        close();
    }

    final boolean isOpen() {
        return channel.isOpen();
    }

    public final void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LoadFailure("close failed", e);
        }
    }

    final void ready() {
        if (!key.isValid()) {
            return; // closed in the same turn
        }
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                write();
            } else {
                if (key.isWritable()) {
                    write();
                }
                if (key.isReadable()) {
                    read();
                }
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    final void flush() {
        flushing = false;
        if (channel.isConnected()) {
            try {
                write();
            } catch (IOException e) {
                broken(e);
            }
        }
    }

    private void write() throws IOException {
        output.flip();
        channel.write(output);
        boolean done = !output.hasRemaining();
        output.compact();
        key.interestOps((deaf ? 0 : SelectionKey.OP_READ) | (done ? 0 : SelectionKey.OP_WRITE));
    }

    private void read() throws IOException {
        byte[] bytes = loop.input();
        ByteBuffer input = ByteBuffer.wrap(bytes).put(incomplete);
        int count = channel.read(input);
        if (count < 0) {
            channel.close();
            ended();
            return;
        }
        int length = input.position();
        int used = received(bytes, length);
        if (used == 0 && length == bytes.length) {
            throw new LoadFailure("a reply of more than " + length + " bytes");
        }
        incomplete = used == length ? NOTHING : Arrays.copyOfRange(bytes, used, length);
    }
}
