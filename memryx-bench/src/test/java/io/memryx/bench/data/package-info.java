@NullMarked
package io.memryx.bench.data;

import org.jspecify.annotations.NullMarked;
