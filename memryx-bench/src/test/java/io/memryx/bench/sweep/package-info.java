@NullMarked
package io.memryx.bench.sweep;

import org.jspecify.annotations.NullMarked;
