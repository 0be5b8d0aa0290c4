@NullMarked
package io.memryx.bench.truth;

import org.jspecify.annotations.NullMarked;
