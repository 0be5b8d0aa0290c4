package io.memryx;

/**
 * How much memory a vector may take, and what that costs in answers. Fixed when a collection is
 * created. The bytes are for dimension 384; other dimensions take their share. Collections too
 * small to train a quantiser on keep their vectors as they are, whatever is chosen.
 */
public enum Compression {
  /**
   * Codes only: 121 bytes a vector, a thirteenth of its float32 form. Vectors can't be given back
   * as they were, only as their codes stand for them.
   */
  COMPACT,
  /** Codes only, with twice the bytes, 256 a vector: nearer to the exact order. */
  BALANCED,
  /**
   * In memory the codes of {@link #COMPACT}, and their first bits, the signs, a second time, so
   * that searches have fewer lists to scan: 121 and about 45 bytes a vector. The vectors as they
   * were given lie in the snapshot file, mapped and read for the last candidates only. A collection
   * without a file keeps them in memory.
   */
  LOSSLESS
}
