/** The folders of vector files that benchmarks read. */
@NullMarked
package io.memryx.bench.dataset;

import org.jspecify.annotations.NullMarked;
