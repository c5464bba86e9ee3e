package dev.parley.conformance;

import static java.util.Map.entry;

import dev.parley.engine.Compression;
import dev.parley.engine.Endpoint;
import dev.parley.msgpack.MsgpackPacketCodec;
import dev.parley.netty.NettyOptions;
import dev.parley.netty.NettyServer;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * Starts a fixture server: {@code Fixture PROFILE --port N [--tls CERTIFICATE KEY]}. What the profiles do is told in
 * js/README.md.
 */
public final class Fixture {

    private static final Compression EVERYTHING = Compression.DEFAULT.withThreshold(0);

    private static final Map<String, Supplier<Endpoint>> PROFILES = Map.ofEntries(
            entry("ws-echo", () -> new WebSocketEcho(null)),
            entry("ws-echo-deflate", () -> new WebSocketEcho(EVERYTHING)),
            entry("eio-echo", () -> EngineEcho.create(options -> {})),
            entry("eio-echo-3", () -> EngineEcho.create(options -> options.allowEio3(true))),
            entry(
                    "eio-echo-compressed",
                    () -> EngineEcho.create(options ->
                            options.perMessageDeflate(Compression.DEFAULT).httpCompression(Compression.DEFAULT))),
            entry("eio-client", JavaScriptEngineSuite::create),
            entry("eio-java", JavaEngineSuite::create),
            entry("sio-protocol", SocketProtocol::create),
            entry("sio-client-4", () -> ClientFixture.create(options -> {})),
            entry(
                    "sio-client-compressed",
                    () -> ClientFixture.create(
                            options -> options.perMessageDeflate(EVERYTHING).httpCompression(EVERYTHING))),
            entry("sio-client-2", () -> ClientFixture.create(options -> options.allowEio3(true))),
            entry("sio-client-msgpack", () -> ClientFixture.create(options -> options.parser(MsgpackPacketCodec::new))),
            entry("sio-client", JavaScriptClientSuite::create),
            entry("sio-java", JavaClientSuite::create),
            entry("sio-delivery", () -> DeliveryFixture.create(options -> {})),
            entry(
                    "sio-delivery-msgpack",
                    () -> DeliveryFixture.create(options -> options.parser(MsgpackPacketCodec::new))));

    private Fixture() {}

    /**
     * Starts a server and serves until the process is ended.
     *
     * @param args profile, then {@code --port} and a number, 0 for any free port; {@code --tls} and two PEM files, a
     *     certificate and its key in PKCS #8, to serve over TLS
     * @throws SSLException if certificate or key cannot be used
     */
    @SuppressWarnings("SystemOut") // this line is how scripts learn of the port
    public static void main(String[] args) throws SSLException {
        boolean tls = args.length == 6 && args[3].equals("--tls");
        boolean understood = (tls || args.length == 3) && args[1].equals("--port");
        Supplier<Endpoint> profile = understood ? PROFILES.get(args[0]) : null;
        if (profile == null) {
            System.err.println(
                    "usage: serve " + String.join("|", PROFILES.keySet()) + " --port N [--tls CERTIFICATE KEY]");
            System.exit(2);
            return;
        }
        NettyOptions.Builder options = NettyOptions.builder().port(Integer.parseInt(args[2]));
        if (tls) {
            options.sslContext(SslContextBuilder.forServer(new File(args[4]), new File(args[5]))
                    .build());
        }
        NettyServer server = NettyServer.bind(profile.get(), options.build());
        System.out.println("listening " + server.port());
    }
}
