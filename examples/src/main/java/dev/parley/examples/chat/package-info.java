/** A chat for the browser and the terminal. */
@NullMarked
package dev.parley.examples.chat;

import org.jspecify.annotations.NullMarked;
