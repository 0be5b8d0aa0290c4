/** Micro-benchmarks of the engine's kernels. */
@NullMarked
package io.memryx.bench.kernel;

import org.jspecify.annotations.NullMarked;
