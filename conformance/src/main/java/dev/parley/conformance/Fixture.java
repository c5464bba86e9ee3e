package dev.parley.conformance;

import dev.parley.engine.Endpoint;
import dev.parley.msgpack.MsgpackPacketCodec;
import dev.parley.netty.NettyServer;
import java.util.Map;
import java.util.function.Supplier;

/** Starts a fixture server: {@code Fixture PROFILE --port N}. What the profiles do is told in js/README.md. */
public final class Fixture {

    private static final Map<String, Supplier<Endpoint>> PROFILES = Map.of(
            "eio-echo", () -> EngineEcho.create(false),
            "eio-echo-3", () -> EngineEcho.create(true),
            "sio-protocol", SocketProtocol::create,
            "sio-client-4", () -> ClientFixture.create(options -> {}),
            "sio-client-2", () -> ClientFixture.create(options -> options.allowEio3(true)),
            "sio-client-msgpack", () -> ClientFixture.create(options -> options.parser(MsgpackPacketCodec::new)),
            "sio-delivery", () -> DeliveryFixture.create(options -> {}),
            "sio-delivery-msgpack", () -> DeliveryFixture.create(options -> options.parser(MsgpackPacketCodec::new)));

    private Fixture() {}

    /**
     * Starts a server and serves until the process is ended.
     *
     * @param args profile, then {@code --port} and a number, 0 for any free port
     */
    @SuppressWarnings("SystemOut") // this line is how scripts learn of the port
    public static void main(String[] args) {
        Supplier<Endpoint> profile = args.length == 3 && args[1].equals("--port") ? PROFILES.get(args[0]) : null;
        if (profile == null) {
            System.err.println("usage: serve " + String.join("|", PROFILES.keySet()) + " --port N");
            System.exit(2);
            return;
        }
        NettyServer server = NettyServer.bind(profile.get(), Integer.parseInt(args[2]));
        System.out.println("listening " + server.port());
    }
}
