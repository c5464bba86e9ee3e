/** What Parley's speed is measured with. */
@NullMarked
package dev.parley.benchmarks;

import org.jspecify.annotations.NullMarked;
