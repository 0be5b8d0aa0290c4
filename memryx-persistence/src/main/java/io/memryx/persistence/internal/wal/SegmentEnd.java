package io.memryx.persistence.internal.wal;

/**
 * How far a segment is valid.
 *
 * @param number which one; 0 for none
 * @param length its valid bytes, from its beginning on; what lies behind is to be ignored
 */
record SegmentEnd(long number, long length) {
  /** Of no segment: what comes before the first. */
  static final SegmentEnd NONE = new SegmentEnd(0, 0);
}
