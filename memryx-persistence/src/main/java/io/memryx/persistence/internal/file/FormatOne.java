package io.memryx.persistence.internal.file;

import io.memryx.snapshot.SectionType;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How snapshots of format 1 are read: entries and vectors are taken as a snapshot without lists;
 * the index of one byte a dimension is checked and left, for the next build makes another.
 */
final class FormatOne {
  /**
   * Every one was always there: centroids, list starts, list ordinals, quantiser, codes, originals,
   * sizes of ids, ids, sizes of metadata, metadata.
   */
  static final Set<Integer> TYPES = Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

  private static final int ID_LENGTHS = 7;
  private static final int METADATA_LENGTHS = 9;
  private static final ValueLayout.OfInt LENGTH =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What is taken: of what comes later than format 1, nothing. */
  private static final Map<SectionType, Integer> STORED_TYPES =
      Map.of(
          SectionType.ID_SIZES, ID_LENGTHS,
          SectionType.ID_BYTES, 8,
          SectionType.METADATA_SIZES, METADATA_LENGTHS,
          SectionType.METADATA_BYTES, 10,
          SectionType.ORIGINALS, 6);

  private FormatOne() {}

  /** The type of the stored section that a section of today comes from, if there is one. */
  static OptionalInt storedType(SectionType type) {
    Integer stored = STORED_TYPES.get(type);
    return stored == null ? OptionalInt.empty() : OptionalInt.of(stored);
  }

  /** Whether a stored section holds sizes, as int32 instead of LEB128. */
  static boolean isLengths(int storedType) {
    return storedType == ID_LENGTHS || storedType == METADATA_LENGTHS;
  }

  /** Stored sizes as they are today; whether they make sense is for their reader to say. */
  static byte[] sizes(byte[] stored) {
    MemorySegment lengths = MemorySegment.ofArray(stored);
    var sizes = new ByteArrayOutputStream(stored.length / 2);
    for (long i = 0; i < lengths.byteSize(); i += LENGTH.byteSize()) {
      int left = lengths.get(LENGTH, i);
      while ((left & ~0x7f) != 0) {
        sizes.write((left & 0x7f) | 0x80);
        left >>>= 7;
      }
      sizes.write(left);
    }
    return sizes.toByteArray();
  }
}
