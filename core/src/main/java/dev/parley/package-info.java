/** The Socket.IO server: namespaces, rooms, sockets and events. */
@NullMarked
package dev.parley;

import org.jspecify.annotations.NullMarked;
