package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServerContextTest {

    private final ServerContext context = new ServerContext(SocketIoOptions.defaults());

    @Test
    void warns_ten_times_of_what_any_client_can_cause() {
        assertThat(IntStream.range(0, 1000).filter(i -> context.mayWarn()).count())
                .isEqualTo(10);
    }
}
