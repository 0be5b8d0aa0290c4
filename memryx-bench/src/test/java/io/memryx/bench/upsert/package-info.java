@NullMarked
package io.memryx.bench.upsert;

import org.jspecify.annotations.NullMarked;
