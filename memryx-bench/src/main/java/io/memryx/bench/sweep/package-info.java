/** Recall, speed and size of the embedded engine on real vectors. */
@NullMarked
package io.memryx.bench.sweep;

import org.jspecify.annotations.NullMarked;
