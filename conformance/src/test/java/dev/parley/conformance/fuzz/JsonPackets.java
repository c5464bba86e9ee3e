package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;

import dev.parley.protocol.JsonPacketCodec;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.RawJson;
import dev.parley.protocol.Utf8;
import java.util.Arrays;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Socket.IO packets in JSON. The parts of an input are the messages of one connection: binary ones have a {@code b} in
 * front.
 */
public final class JsonPackets {

    private static final PacketCodec CODEC = new JsonPacketCodec();
    private static final JsonFactory JACKSON = new JsonFactory();

    /** May be half of a surrogate pair, which JavaScript takes for text and Jackson does not. */
    private static final Pattern HALF_PAIR = Pattern.compile("\\\\u[dD][89a-fA-F]");

    /** Longer texts may exceed a limit of one parser and not of the other. */
    private static final int LONGEST_COMPARED = 400;

    private JsonPackets() {}

    public static void fuzzerTestOneInput(byte[] data) {
        PacketDecoder decoder = CODEC.newDecoder();
        try {
            for (byte[] message : Inputs.parts(data)) {
                boolean binary = message.length > 0 && message[0] == 'b';
                Packet packet = binary
                        ? decoder.binary(Arrays.copyOfRange(message, 1, message.length))
                        : decoder.text(Utf8.of(message));
                if (packet != null) {
                    SocketPackets.check(CODEC, packet);
                }
            }
        } catch (ProtocolException e) {
            // the connection would end here
        }
        String text = Inputs.utf8(data);
        if (text == null) {
            expect(!isPacket(data), "a packet that is not UTF-8");
        } else if (text.length() <= LONGEST_COMPARED && !HALF_PAIR.matcher(text).find()) {
            expect(isJson(text) == isJsonForJackson(text), "JSON for one parser alone");
        }
    }

    private static boolean isPacket(byte[] message) {
        try {
            CODEC.newDecoder().text(Utf8.of(message));
            return true;
        } catch (ProtocolException e) {
            return false;
        }
    }

    private static boolean isJson(String text) {
        try {
            RawJson.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isJsonForJackson(String text) {
        try (JsonParser parser = JACKSON.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }
}
