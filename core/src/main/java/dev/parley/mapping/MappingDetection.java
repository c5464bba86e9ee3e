package dev.parley.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the optional mapping libraries. The classes that use them are reached by name only, so that nothing here fails
 * to load where a library is missing.
 */
final class MappingDetection {

    /** Longest name of a property. The libraries remember thousands of names, of whatever clients make up. */
    static final int LONGEST_NAME = 4096;

    /** A library that can be used: what shows that it is there, and who uses it. */
    private record Library(String mapperClass, String user) {

        boolean isPresent(@Nullable ClassLoader loader) {
            try {
                Class.forName(mapperClass, false, loader);
                return true;
            } catch (ClassNotFoundException | LinkageError e) {
                return false;
            }
        }
    }

    private static final List<Library> LIBRARIES = List.of(
            new Library("tools.jackson.databind.ObjectMapper", "dev.parley.mapping.Jackson3Mapping"),
            new Library("com.fasterxml.jackson.databind.ObjectMapper", "dev.parley.mapping.Jackson2Mapping"));

    /** Made at the first use, as a mapper takes its time to make and can be shared. */
    private static final class Shared {
        static final ObjectMapping INSTANCE = detect(MappingDetection.class.getClassLoader());
    }

    private MappingDetection() {}

    /** Returns the mapping that the class path offers to this class. */
    static ObjectMapping shared() {
        return Shared.INSTANCE;
    }

    static ObjectMapping detect(@Nullable ClassLoader loader) {
        for (Library library : LIBRARIES) {
            if (library.isPresent(loader)) {
                return create(library, loader, null);
            }
        }
        return ObjectMapping.none();
    }

    static ObjectMapping jackson(Object mapper) {
        for (Class<?> type = mapper.getClass(); type != null; type = type.getSuperclass()) {
            for (Library library : LIBRARIES) {
                if (library.mapperClass().equals(type.getName())) {
                    return create(library, MappingDetection.class.getClassLoader(), mapper);
                }
            }
        }
        throw new IllegalArgumentException(
                "mapper: " + mapper.getClass().getName() + " (expected: an ObjectMapper of jackson-databind 3 or 2)");
    }

    private static ObjectMapping create(Library library, @Nullable ClassLoader loader, @Nullable Object mapper) {
        try {
            return (ObjectMapping) Class.forName(library.user(), true, loader)
                    .getDeclaredMethod("create", Object.class)
                    .invoke(null, mapper);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalStateException("unusable: " + library.mapperClass(), e);
        }
    }
}
