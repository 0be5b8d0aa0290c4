/** Measures Memryx: kernels, recall and speed on real vectors, and the server over HTTP. */
@NullMarked
package io.memryx.bench;

import org.jspecify.annotations.NullMarked;
