/** HTTP and WebSocket for Parley on Netty. */
@NullMarked
package dev.parley.netty;

import org.jspecify.annotations.NullMarked;
