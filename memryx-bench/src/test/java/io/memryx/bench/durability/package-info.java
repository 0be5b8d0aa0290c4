@NullMarked
package io.memryx.bench.durability;

import org.jspecify.annotations.NullMarked;
