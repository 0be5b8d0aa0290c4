@NullMarked
package io.memryx.bench.tradeoff;

import org.jspecify.annotations.NullMarked;
