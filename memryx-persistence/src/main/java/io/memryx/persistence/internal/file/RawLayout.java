package io.memryx.persistence.internal.file;

import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SnapshotMeta;

/**
 * Where the pieces of a section that is stored raw lie in its file: zeros up to a page's border,
 * the section's bytes in one piece, then one CRC-32C for each group of them. Raw sections can be
 * mapped and read in part, and what is read can be checked.
 *
 * @param offset where the section begins
 * @param byteLength size of the section itself
 * @param groupBytes bytes that share one checksum, whole rows; the last group may have less
 */
record RawLayout(long offset, long byteLength, int groupBytes) {
  /** Pages of the machines we know are multiples of this, or this. */
  static final int ALIGNMENT = 4_096;

  /**
   * What the first touch of a row reads and checks: four pages cost 2 µs where they are cached, and
   * where they are not the system reads more ahead anyway. The checksums take 0.03 % of the data.
   */
  private static final int TARGET_GROUP_BYTES = 16 << 10;

  /** Bounds what the checksums of a file may take; what is written has at least twice as much. */
  static final int MIN_GROUP_BYTES = 4_096;

  /** Which sections are stored raw: the originals that are read where they lie. */
  static boolean isRaw(SectionType type, SnapshotMeta meta) {
    return type == SectionType.ORIGINALS && meta.lists() > 0;
  }

  /** The layout of a section of such rows that is written now. */
  static RawLayout ofRows(long offset, long byteLength, int rowBytes) {
    int rows = Math.max(1, TARGET_GROUP_BYTES / rowBytes);
    return new RawLayout(offset, byteLength, rows * rowBytes);
  }

  /** Where the section's bytes begin. */
  long dataOffset() {
    return Math.ceilDiv(offset, ALIGNMENT) * ALIGNMENT;
  }

  /** Where the checksums begin: 4 bytes each, little-endian. */
  long sumsOffset() {
    return dataOffset() + byteLength;
  }

  /** Number of groups, at least 1. */
  long groups() {
    return Math.ceilDiv(byteLength, groupBytes);
  }

  /** Size of one group. */
  int bytesOf(long group) {
    return (int) Math.min(groupBytes, byteLength - group * groupBytes);
  }

  /** Bytes in the file, from the offset to the end of the checksums. */
  long storedBytes() {
    return sumsOffset() + groups() * Integer.BYTES - offset;
  }
}
