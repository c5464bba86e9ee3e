package dev.parley.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Incident;
import dev.parley.SocketIoOptions;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.EngineOptions;
import dev.parley.netty.NettyOptions;
import dev.parley.protocol.DecoderLimits;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether the table of limits says what the code does. */
class LimitsDocumentTest {

    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z]\\w+)` \\| (\\S+)( \\(off\\))? \\|", Pattern.MULTILINE);

    private static final Pattern REASON = Pattern.compile("^\\| `([A-Z_]+)` \\|", Pattern.MULTILINE);

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

    @Test
    void all_reasons_that_are_counted_are_told() throws Exception {
        String document = Files.readString(Path.of("../docs/limits.md"));
        int socketIo = document.indexOf("### `Incident`");

        assertThat(reasons(document.substring(document.indexOf("### `EngineIncident`"), socketIo)))
                .containsExactlyInAnyOrderElementsOf(names(EngineIncident.values()));
        assertThat(reasons(document.substring(socketIo))).containsExactlyInAnyOrderElementsOf(names(Incident.values()));
    }

    private static List<String> reasons(String tables) {
        return REASON.matcher(tables).results().map(row -> row.group(1)).toList();
    }

    private static List<String> names(Enum<?>[] constants) {
        return Stream.of(constants).map(Enum::name).toList();
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
