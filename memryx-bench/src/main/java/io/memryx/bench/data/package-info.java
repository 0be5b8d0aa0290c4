/** Commands that make data sets: vectors, queries, and the true answers. */
@NullMarked
package io.memryx.bench.data;

import org.jspecify.annotations.NullMarked;
