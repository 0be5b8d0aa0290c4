@NullMarked
package io.memryx.bench.dataset;

import org.jspecify.annotations.NullMarked;
