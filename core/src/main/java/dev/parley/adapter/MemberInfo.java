package dev.parley.adapter;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket as it can be described to other servers. Handshake and data are plain trees: maps, lists, strings, numbers,
 * booleans, byte arrays and null.
 *
 * @param id the socket's id
 * @param handshake the details of its connection, under the names of the Socket.IO documentation
 * @param rooms the rooms it is in, an immutable set
 * @param data what the application has attached to it
 */
public record MemberInfo(
        String id,
        @Nullable Object handshake,
        Set<String> rooms,
        @Nullable Object data) {}
