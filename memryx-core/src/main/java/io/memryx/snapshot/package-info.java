/**
 * The seam to persistence: the immutable image of a collection, as typed sections of bytes.
 *
 * <p>Every type is immutable or thread-safe, but for {@link io.memryx.snapshot.SnapshotAssembler},
 * which is for one thread; what implements the interfaces must be so too.
 */
@NullMarked
package io.memryx.snapshot;

import org.jspecify.annotations.NullMarked;
