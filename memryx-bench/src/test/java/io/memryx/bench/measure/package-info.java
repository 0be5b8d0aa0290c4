@NullMarked
package io.memryx.bench.measure;

import org.jspecify.annotations.NullMarked;
