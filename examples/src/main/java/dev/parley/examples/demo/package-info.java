/** What the examples share: their arguments, and Socket.IO clients in Java. */
@NullMarked
package dev.parley.examples.demo;

import org.jspecify.annotations.NullMarked;
