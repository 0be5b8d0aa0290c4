@NullMarked
package io.memryx.bench.text;

import org.jspecify.annotations.NullMarked;
