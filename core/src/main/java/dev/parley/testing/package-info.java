/** An in-memory transport and a client for unit tests, with virtual time and without a network. */
@NullMarked
package dev.parley.testing;

import org.jspecify.annotations.NullMarked;
