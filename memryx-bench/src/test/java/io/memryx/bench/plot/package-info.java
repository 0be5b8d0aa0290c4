@NullMarked
package io.memryx.bench.plot;

import org.jspecify.annotations.NullMarked;
