/** An open namespace, and one that admits only some. */
@NullMarked
package dev.parley.examples.namespaces;

import org.jspecify.annotations.NullMarked;
