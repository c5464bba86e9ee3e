package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private final TrustedProxies proxies = TrustedProxies.of("10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8");

    private static HttpRequest from(String peer, String... headers) throws UnknownHostException {
        return new HttpRequest("GET", "/", Headers.of(headers), InetAddress.getByName(peer), false);
    }

    private String client(String peer, String forwardedFor) throws UnknownHostException {
        return proxies.clientAddress(from(peer, "X-Forwarded-For", forwardedFor));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10.1.2.3  | 1.2.3.4                     | 1.2.3.4
            127.0.0.1 | 9.9.9.9, 1.2.3.4            | 1.2.3.4
            127.0.0.1 | 9.9.9.9, 1.2.3.4, 10.9.9.9  | 1.2.3.4
            127.0.0.1 | 10.0.0.1, 10.0.0.2          | 10.0.0.1
            ::1       | 2001:db8::7                 | 2001:db8:0:0:0:0:0:7
            ::1       | [2001:db8::7]:4711          | 2001:db8:0:0:0:0:0:7
            127.0.0.1 | 1.2.3.4:4711                | 1.2.3.4
            fd12::1   | 1.2.3.4                     | 1.2.3.4
            """)
    void the_last_address_that_is_no_proxy_is_that_of_the_client(String peer, String header, String client)
            throws Exception {
        assertThat(client(peer, header)).isEqualTo(client);
    }

    @Test
    void several_headers_are_one() throws Exception {
        HttpRequest request = from("127.0.0.1", "X-Forwarded-For", "9.9.9.9", "x-forwarded-for", "1.2.3.4");

        assertThat(proxies.clientAddress(request)).isEqualTo("1.2.3.4");
    }

    @Test
    void nobody_else_is_believed() throws Exception {
        assertThat(client("11.0.0.1", "1.2.3.4")).isEqualTo("11.0.0.1");
        assertThat(TrustedProxies.none().clientAddress(from("127.0.0.1", "X-Forwarded-For", "1.2.3.4")))
                .isEqualTo("127.0.0.1");
    }

    @Test
    void a_long_header_takes_no_long_time() throws Exception {
        String colons = ":".repeat(1_000_000) + "g";

        assertThat(client("127.0.0.1", colons)).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".:",
                ".a:",
                "unknown",
                "localhost",
                "1.2.3",
                "1.2.3.4.5",
                "999.1.1.1",
                "dead",
                "1.2.3.4, evil",
                "_x"
            })
    void what_is_no_address_is_as_if_the_proxy_had_said_nothing(String header) throws Exception {
        assertThat(client("127.0.0.1", header)).isEqualTo("127.0.0.1");
    }

    @Test
    void a_proxy_that_says_nothing_is_the_client() throws Exception {
        assertThat(proxies.clientAddress(from("127.0.0.1"))).isEqualTo("127.0.0.1");
    }

    @Test
    void a_peer_may_have_no_address() {
        HttpRequest request = new HttpRequest("GET", "/", Headers.of("X-Forwarded-For", "1.2.3.4"), null, false);

        assertThat(proxies.clientAddress(request)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "0.0.0.0/0, 255.1.1.1, true",
        "0.0.0.0/0, ::1, false",
        "1.2.3.4/32, 1.2.3.4, true",
        "1.2.3.4, 1.2.3.5, false",
        "fe80::/10, febf::1, true",
        "fe80::/10, fec0::1, false"
    })
    void a_range_holds_all_addresses_that_begin_with_its_bits(String range, String peer, boolean inside)
            throws Exception {
        String client = TrustedProxies.of(range).clientAddress(from(peer, "X-Forwarded-For", "7.7.7.7"));

        assertThat(client.equals("7.7.7.7")).isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "proxy.example.com",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0/8",
                "::1/129",
                "1.2.3.4/x"
            })
    void a_range_has_to_be_one(String range) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrustedProxies.of(range))
                .withMessage("trustedProxies: " + range + " (expected: an IP address, or a range such as 10.0.0.0/8)");
    }
}
