/**
 * Readers of vector files (fvecs, ivecs, npy) and of the folders that benchmarks read them from.
 */
@NullMarked
package io.memryx.bench.dataset;

import org.jspecify.annotations.NullMarked;
