/** The program of the README. */
@NullMarked
package dev.parley.examples.readme;

import org.jspecify.annotations.NullMarked;
