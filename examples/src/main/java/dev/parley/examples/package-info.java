/** Runnable examples of Parley. */
@NullMarked
package dev.parley.examples;

import org.jspecify.annotations.NullMarked;
