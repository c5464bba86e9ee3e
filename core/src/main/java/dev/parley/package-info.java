/**
 * The Socket.IO server: namespaces, rooms, sockets and events.
 *
 * <p>{@link dev.parley.SocketIoServer} is where to start. It has {@link dev.parley.Namespace}s, which clients join;
 * each client in a namespace is a {@link dev.parley.Socket}, whose events are handled by what is registered on it
 * ({@link dev.parley.EventSource}). Sockets join {@link dev.parley.Room}s, and whatever addresses many of them is a
 * {@link dev.parley.Broadcaster}.
 *
 * <h2>Threads</h2>
 *
 * <p>Every method may be called from any thread, and none blocks. Handlers and middlewares of one socket run in its
 * lane: one after another, in the order in which things happened, on the server's executor
 * ({@link dev.parley.SocketIoOptions.Builder#executor}). Those of different sockets run at the same time. What one
 * thread sends reaches each client in the order in which it was sent, whether by a broadcast or to that client alone.
 */
@NullMarked
package dev.parley;

import org.jspecify.annotations.NullMarked;
