/** Mapping between JSON and the application's own types. */
@NullMarked
package dev.parley.mapping;

import org.jspecify.annotations.NullMarked;
