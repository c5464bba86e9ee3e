package dev.parley;

import dev.parley.mapping.MappingException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The components of a record as the arguments of an event. */
final class RecordArguments<A extends Record> implements EventType.Content<A> {

    private final RecordComponent[] components;
    private final Constructor<A> constructor;
    private final Method[] accessors;

    RecordArguments(Class<A> type) {
        RecordComponent[] found = type.getRecordComponents();
        if (found == null) {
            throw new IllegalArgumentException("arguments: " + type.getName() + " (expected: a record)");
        }
        components = found;
        accessors = Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new);
        try {
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has a canonical constructor", e);
        }
        boolean accessible = constructor.trySetAccessible();
        for (Method accessor : accessors) {
            accessible &= accessor.trySetAccessible();
        }
        if (!accessible) {
            throw new IllegalArgumentException(
                    "arguments: " + type.getName() + " (expected: a record in a package that its module opens)");
        }
    }

    @Override
    public A read(Event event) {
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = event.forHandler(i, components[i].getGenericType());
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new MappingException(
                    "the arguments of \"" + event.name() + "\" are refused (expected: what the constructor of "
                            + constructor.getDeclaringClass().getSimpleName() + " takes)",
                    e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record cannot be made", e);
        }
    }

    @Override
    public @Nullable Object[] write(A value) {
        @Nullable Object[] args = new Object[accessors.length];
        try {
            for (int i = 0; i < args.length; i++) {
                args[i] = accessors[i].invoke(value);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(value.getClass().getName() + " cannot be read", e);
        }
        return args;
    }
}
