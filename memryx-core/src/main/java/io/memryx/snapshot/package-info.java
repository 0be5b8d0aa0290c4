/** The seam to persistence: the immutable image of a collection, as typed sections of bytes. */
@NullMarked
package io.memryx.snapshot;

import org.jspecify.annotations.NullMarked;
