/**
 * Mapping between JSON and the application's own types.
 *
 * <p>{@link TypedValues} reads and writes plain types by itself and leaves records, beans and generic types to an
 * {@link ObjectMapping}: jackson-databind where the application has it, or an own one.
 */
@NullMarked
package dev.parley.mapping;

import org.jspecify.annotations.NullMarked;
