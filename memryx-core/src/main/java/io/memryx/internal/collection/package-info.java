/** A collection: hot buffer, generation, searcher, ids, metadata, and the one published state. */
@NullMarked
package io.memryx.internal.collection;

import org.jspecify.annotations.NullMarked;
