/** Makes the sample of real text embeddings that the server's demo serves. */
@NullMarked
package io.memryx.bench.sample;

import org.jspecify.annotations.NullMarked;
