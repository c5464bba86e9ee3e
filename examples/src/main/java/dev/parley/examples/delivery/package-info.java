/** A chat that loses and doubles nothing. */
@NullMarked
package dev.parley.examples.delivery;

import org.jspecify.annotations.NullMarked;
