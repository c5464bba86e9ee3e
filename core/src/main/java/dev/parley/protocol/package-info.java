/** The codecs of Engine.IO and Socket.IO: immutable packets, no threads, no clock, no I/O. */
@NullMarked
package dev.parley.protocol;

import org.jspecify.annotations.NullMarked;
