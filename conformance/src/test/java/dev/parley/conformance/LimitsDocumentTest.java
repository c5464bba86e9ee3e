package dev.parley.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.SocketIoOptions;
import dev.parley.engine.EngineOptions;
import dev.parley.netty.NettyOptions;
import dev.parley.protocol.DecoderLimits;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether the table of limits says what the code does. */
class LimitsDocumentTest {

    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\| (\\S+)( \\(off\\))? \\|", Pattern.MULTILINE);

    @Test
    void all_defaults_are_those_of_the_code() throws Exception {
        Map<String, String> documented = new LinkedHashMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../docs/limits.md")));
        while (row.find()) {
            documented.put(row.group(1), row.group(2));
        }

        Map<String, String> actual = new LinkedHashMap<>();
        for (String option : documented.keySet()) {
            actual.put(option, defaultOf(option));
        }

        assertThat(documented).hasSizeGreaterThan(20).isEqualTo(actual);
    }

    private static String defaultOf(String option) throws ReflectiveOperationException {
        for (Object options : new Object[] {
            EngineOptions.defaults(),
            SocketIoOptions.defaults(),
            DecoderLimits.DEFAULT,
            NettyOptions.builder().build()
        }) {
            Method getter = Stream.of(options.getClass().getDeclaredMethods())
                    .filter(method -> method.getName().equals(option) && method.getParameterCount() == 0)
                    .findAny()
                    .orElse(null);
            if (getter != null) {
                getter.setAccessible(true);
                return String.valueOf(getter.invoke(options));
            }
        }
        return "no such option";
    }
}
