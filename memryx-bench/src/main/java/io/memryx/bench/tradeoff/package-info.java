/** Speed against recall: the best of many settings, and what lies between them. */
@NullMarked
package io.memryx.bench.tradeoff;

import org.jspecify.annotations.NullMarked;
