@NullMarked
package io.memryx.bench;

import org.jspecify.annotations.NullMarked;
