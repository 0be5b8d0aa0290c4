/** What entries cost before they are in a built index, and what searching in batches saves. */
@NullMarked
package io.memryx.bench.upsert;

import org.jspecify.annotations.NullMarked;
