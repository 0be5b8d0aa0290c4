@NullMarked
package io.memryx.bench.peers;

import org.jspecify.annotations.NullMarked;
