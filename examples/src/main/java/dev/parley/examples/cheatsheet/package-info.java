/** Every way to send an event, each tried with clients. */
@NullMarked
package dev.parley.examples.cheatsheet;

import org.jspecify.annotations.NullMarked;
