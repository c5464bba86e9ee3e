package dev.parley.mapping;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.stream.Stream;

/**
 * Names a type with its type arguments, which a class literal cannot: {@code new TypeRef<List<Order>>() {}}. The braces
 * matter, as only a subclass remembers them. Immutable.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {

    private final Type type;

    /**
     * Takes note of the type argument.
     *
     * @throws IllegalArgumentException if there is none, or if it holds a type variable, of which nothing is known at
     *     run time
     */
    protected TypeRef() {
        if (getClass().getSuperclass() != TypeRef.class
                || !(getClass().getGenericSuperclass() instanceof ParameterizedType self)) {
            throw new IllegalArgumentException(getClass() + " (expected: new TypeRef<the type>() {})");
        }
        this.type = self.getActualTypeArguments()[0];
        if (!isKnown(type)) {
            throw new IllegalArgumentException("type: " + type.getTypeName() + " (expected: no type variable)");
        }
    }

    private static boolean isKnown(Type type) {
        if (type instanceof ParameterizedType generic) {
            return Stream.of(generic.getActualTypeArguments()).allMatch(TypeRef::isKnown);
        }
        if (type instanceof GenericArrayType array) {
            return isKnown(array.getGenericComponentType());
        }
        if (type instanceof WildcardType wildcard) {
            return Stream.of(wildcard.getUpperBounds()).allMatch(TypeRef::isKnown)
                    && Stream.of(wildcard.getLowerBounds()).allMatch(TypeRef::isKnown);
        }
        return type instanceof Class<?>;
    }

    /**
     * Returns the type.
     *
     * @return a class, or a type with its arguments
     */
    public final Type type() {
        return type;
    }

    /** Returns the type's name. */
    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
