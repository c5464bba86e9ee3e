/** A load generator that checks every reply, and the comparison of two revisions with it. */
@NullMarked
package dev.parley.benchmarks.load;

import org.jspecify.annotations.NullMarked;
