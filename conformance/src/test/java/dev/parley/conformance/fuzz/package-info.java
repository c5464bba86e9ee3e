/**
 * What a fuzzer calls with bytes of its own making. Each class is a target: its method {@code fuzzerTestOneInput} takes
 * one input and throws if anything is not as it should be. The inputs that are kept, seeds and findings alike, lie in
 * {@code conformance/fuzz} in a folder for each target; {@link dev.parley.conformance.fuzz.KeptInputsTest} runs them
 * all with the other tests, and {@code conformance/fuzz/run} looks for new ones.
 */
@NullMarked
package dev.parley.conformance.fuzz;

import org.jspecify.annotations.NullMarked;
