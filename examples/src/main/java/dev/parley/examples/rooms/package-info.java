/** Joining, leaving and addressing rooms. */
@NullMarked
package dev.parley.examples.rooms;

import org.jspecify.annotations.NullMarked;
