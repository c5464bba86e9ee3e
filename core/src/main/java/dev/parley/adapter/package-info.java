/** Rooms and the delivery of broadcasts to their members. */
@NullMarked
package dev.parley.adapter;

import org.jspecify.annotations.NullMarked;
