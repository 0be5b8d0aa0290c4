/** Memryx and its rivals on the JVM, measured on the same data in the same run. */
@NullMarked
package io.memryx.bench.peers;

import org.jspecify.annotations.NullMarked;
