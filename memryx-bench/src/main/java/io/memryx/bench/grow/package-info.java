/** Large sets grown out of smaller real ones. */
@NullMarked
package io.memryx.bench.grow;

import org.jspecify.annotations.NullMarked;
