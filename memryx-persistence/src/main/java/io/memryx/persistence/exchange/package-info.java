/**
 * Vectors in files of other programs: fvecs and ivecs (TEXMEX), npy (NumPy). Read where they lie,
 * so that files larger than the heap can be read; checked as they are opened.
 *
 * <p>Every type is immutable or thread-safe, but for {@link
 * io.memryx.persistence.exchange.HalfRowsWriter}, which is for one thread.
 */
@NullMarked
package io.memryx.persistence.exchange;

import org.jspecify.annotations.NullMarked;
