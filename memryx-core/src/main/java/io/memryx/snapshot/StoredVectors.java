package io.memryx.snapshot;

import java.lang.foreign.MemorySegment;

/**
 * The full-precision vectors of a snapshot where they are stored, by ordinal: read when they are
 * asked for, never loaded as a whole. Immutable and thread-safe.
 */
public interface StoredVectors {

  /** Number of vectors. */
  int size();

  /**
   * Some consecutive vectors: {@code count × dimension} float32, little-endian, unaligned; stays
   * readable for as long as it is referred to. What is given was checked against its checksum.
   *
   * @throws io.memryx.MemryxException if what is stored is damaged
   */
  MemorySegment rows(int first, int count);
}
