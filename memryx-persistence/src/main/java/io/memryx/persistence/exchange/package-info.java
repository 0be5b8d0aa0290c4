/**
 * Vectors in files of other programs: fvecs and ivecs (TEXMEX), npy (NumPy). Read where they lie,
 * so that files larger than the heap can be read; checked as they are opened.
 */
@NullMarked
package io.memryx.persistence.exchange;

import org.jspecify.annotations.NullMarked;
