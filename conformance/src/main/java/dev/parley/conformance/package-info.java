/** Fixture servers against which the clients of other languages are run. */
@NullMarked
package dev.parley.conformance;

import org.jspecify.annotations.NullMarked;
