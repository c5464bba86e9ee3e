package dev.parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What decoders of every encoding rule out. */
class PacketTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/é/b?c=d", "/\u007f", "//"})
    void names_of_namespaces_begin_with_a_slash(String name) {
        assertThat(Packet.isNamespace(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", " /", "/a,b", "/a\u001eb", "/\u0000", "/\n"})
    void other_names_cannot_be_those_of_namespaces(String name) {
        assertThat(Packet.isNamespace(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
    void what_happens_to_a_socket_itself_has_reserved_names(String name) {
        assertThat(Packet.Event.isReserved(name)).isTrue();
        assertThat(Packet.Event.isReserved(name + "s")).isFalse();
    }
}
