@NullMarked
package io.memryx.bench.sample;

import org.jspecify.annotations.NullMarked;
