/** Durable vector stores: {@code DurableVectorStore} over a pluggable {@code SnapshotStore}. */
@NullMarked
package io.memryx.persistence;

import org.jspecify.annotations.NullMarked;
