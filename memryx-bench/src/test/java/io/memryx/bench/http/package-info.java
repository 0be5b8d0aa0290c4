@NullMarked
package io.memryx.bench.http;

import org.jspecify.annotations.NullMarked;
