/**
 * Rooms and the delivery of broadcasts to their members.
 *
 * <p>An {@link Adapter} keeps the rooms of one namespace. It knows the sockets only as {@link Recipient}s and the
 * server only as an {@link AdapterNode}; the server knows nothing but the {@link Adapter}. An adapter that connects
 * several servers holds an {@link InMemoryAdapter} for the part of its own server.
 */
@NullMarked
package dev.parley.adapter;

import org.jspecify.annotations.NullMarked;
