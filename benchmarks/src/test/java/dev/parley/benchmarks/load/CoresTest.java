package dev.parley.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CoresTest {

    @Test
    void reads_the_lists_of_the_kernel() {
        assertThat(Cores.parse("0")).containsExactly(0);
        assertThat(Cores.parse("0-2,5,10-11")).containsExactly(0, 1, 2, 5, 10, 11);
    }
}
