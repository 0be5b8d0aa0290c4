@NullMarked
package io.memryx.bench.grow;

import org.jspecify.annotations.NullMarked;
