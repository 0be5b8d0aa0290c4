/** Clocks, percentiles, heap marks and the words that describe a machine. */
@NullMarked
package io.memryx.bench.measure;

import org.jspecify.annotations.NullMarked;
