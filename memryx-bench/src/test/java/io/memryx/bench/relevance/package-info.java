@NullMarked
package io.memryx.bench.relevance;

import org.jspecify.annotations.NullMarked;
