package dev.parley.netty;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends exactly the bytes it is told to send, and reads responses and frames. */
final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    final Socket socket;
    private final DataInputStream in;

    RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    record Response(int status, Map<String, String> headers, String body) {}

    /** What a client with a given key sends to open a WebSocket. */
    static String upgradeRequest(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n\r\n";
    }

    static RawClient upgraded(int port) throws IOException {
        return upgraded(port, upgradeRequest(TestEndpoint.PATH));
    }

    /** Opens a WebSocket as a client that offers to compress. */
    static RawClient deflating(int port, String offer) throws IOException {
        return upgraded(port, withOffer(offer));
    }

    /** What a client sends that offers extensions. */
    static String withOffer(String offer) {
        return upgradeRequest(TestEndpoint.PATH)
                .replace("Host: localhost", "Host: localhost\r\nSec-WebSocket-Extensions: " + offer);
    }

    private static RawClient upgraded(int port, String request) throws IOException {
        RawClient client = new RawClient(port);
        client.send(request);
        Response response = client.response();
        if (response.status() != 101) {
            throw new AssertionError(response);
        }
        return client;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads a response whose body, if any, has a length. */
    Response response() throws IOException {
        return response(true);
    }

    Response responseWithoutBody() throws IOException {
        return response(false);
    }

    private Response response(boolean withBody) throws IOException {
        int status = Integer.parseInt(line().substring(9, 12));
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        int length = withBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        return new Response(status, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("end of stream within a line: " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Reads a frame of the server: its first byte and payload in hexadecimal digits, text as it is. */
    String frame() throws IOException {
        int first = in.readUnsignedByte();
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = in.readNBytes((int) length);
        return switch (first) {
            case 0x81 -> "text " + new String(payload, StandardCharsets.UTF_8);
            case 0x82 -> "binary " + HexFormat.of().formatHex(payload);
            case 0xc1 -> "deflated text " + new String(inflated(payload), StandardCharsets.UTF_8);
            case 0xc2 -> "deflated binary " + HexFormat.of().formatHex(inflated(payload));
            case 0x88 -> "close " + (length == 0 ? "" : (((payload[0] & 0xff) << 8) | (payload[1] & 0xff)));
            case 0x8a -> "pong " + HexFormat.of().formatHex(payload);
            default -> "unexpected " + first;
        };
    }

    private static byte[] inflated(byte[] payload) throws IOException {
        try {
            return new MessageInflater().inflate(payload, payload.length, Integer.MAX_VALUE);
        } catch (FrameException e) {
            throw new IOException(e);
        }
    }

    /** Waits for the end of the stream; false if there is anything before it. */
    boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
