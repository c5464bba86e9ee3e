/** Socket.IO packets in MessagePack. */
@NullMarked
package dev.parley.msgpack;

import org.jspecify.annotations.NullMarked;
