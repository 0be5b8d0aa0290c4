/** What a store of very many small collections costs: memory, files, and the time to open it. */
@NullMarked
package io.memryx.bench.collections;

import org.jspecify.annotations.NullMarked;
