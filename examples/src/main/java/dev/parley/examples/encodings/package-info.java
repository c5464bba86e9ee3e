/** Packets in MessagePack. */
@NullMarked
package dev.parley.examples.encodings;

import org.jspecify.annotations.NullMarked;
