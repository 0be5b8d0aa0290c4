/**
 * Durable vector stores: {@code DurableVectorStore} over a pluggable {@code SnapshotStore}.
 *
 * <p>Every type is thread-safe: stores may be used from any number of threads at once, and all else
 * (reports, exceptions) is immutable.
 */
@NullMarked
package io.memryx.persistence;

import org.jspecify.annotations.NullMarked;
