/** Engine.IO: sessions over HTTP long-polling and WebSocket, usable without Socket.IO. */
@NullMarked
package dev.parley.engine;

import org.jspecify.annotations.NullMarked;
