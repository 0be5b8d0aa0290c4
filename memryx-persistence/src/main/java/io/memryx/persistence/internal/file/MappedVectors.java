package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.snapshot.StoredVectors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;

/**
 * The originals of a snapshot in its mapped file. A group of rows is checked against its checksum
 * when one of them is asked for the first time, and never again by this object: what the medium
 * does to it later is for {@code verify} to find. Several threads may check one group at once; a
 * damaged one is refused every time. Thread-safe.
 *
 * <p>Nobody changes the file while it is mapped: snapshots are never written a second time. Should
 * somebody cut it off all the same, or the medium fail, then touching what is gone is an {@link
 * InternalError}; here it becomes damage, later it fails the search that meets it.
 */
final class MappedVectors implements StoredVectors {
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private final Identity identity;
  private final MemorySegment data;
  private final long dataOffset;
  private final int[] sums;
  private final int size;
  private final int rowBytes;
  private final int rowsPerGroup;

  /** A bit for each group that was found sound. */
  private final long[] checked;

  /**
   * Which section this is; part of every checksum.
   *
   * @param file name for messages
   * @param type the section's type
   * @param number its position in the section table
   */
  record Identity(String file, UUID snapshot, int type, int number) {}

  /**
   * Rows that are not checked yet.
   *
   * @param data all of them: {@code size × rowBytes}
   * @param layout where they lie in the file
   * @param sums checksum of each group
   */
  MappedVectors(Identity identity, MemorySegment data, RawLayout layout, int[] sums, int rowBytes) {
    this.identity = identity;
    this.data = data.asReadOnly();
    this.dataOffset = layout.dataOffset();
    this.sums = sums;
    this.size = (int) (data.byteSize() / rowBytes);
    this.rowBytes = rowBytes;
    this.rowsPerGroup = layout.groupBytes() / rowBytes;
    this.checked = new long[Math.ceilDiv(sums.length, Long.SIZE)];
  }

  @Override
  public int size() {
    return size;
  }

  /**
   * {@inheritDoc} Costs a few nanoseconds once the rows' groups are checked.
   *
   * @throws CorruptSnapshotException if what is stored is not what was written
   */
  @Override
  public MemorySegment rows(int first, int count) {
    Objects.checkFromIndexSize(first, count, size);
    if (count > 0) {
      int lastGroup = (first + count - 1) / rowsPerGroup;
      for (int group = first / rowsPerGroup; group <= lastGroup; group++) {
        if (!isChecked(group)) {
          check(group);
        }
      }
    }
    return data.asSlice((long) first * rowBytes, (long) count * rowBytes);
  }

  private boolean isChecked(int group) {
    // The rows were there before the bit: nothing is published by it, and a stale one costs a
    // check.
    return ((long) WORDS.getOpaque(checked, group / Long.SIZE) >>> group & 1) != 0;
  }

  private void check(int group) {
    long start = (long) group * rowsPerGroup * rowBytes;
    byte[] bytes =
        new byte[(int) Math.min((long) rowsPerGroup * rowBytes, data.byteSize() - start)];
    try {
      // Copied out first: the JDK's checksum code ends the JVM if mapped bytes are gone, copying
      // gives an error.
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, start, bytes, 0, bytes.length);
    } catch (InternalError e) {
      throw new CorruptSnapshotException(
          identity.file(),
          dataOffset + start,
          "it can't be read here: cut off since it was opened, or the medium fails",
          e);
    }
    int computed =
        ChunkFrame.crc32c(
            identity.snapshot(), identity.type(), identity.number(), group, ByteBuffer.wrap(bytes));
    if (computed != sums[group]) {
      throw new CorruptSnapshotException(
          identity.file(),
          dataOffset + start,
          "group %d of section %d has checksum %08x, what is there gives %08x"
              .formatted(group, identity.type(), sums[group], computed),
          null);
    }
    long _ = (long) WORDS.getAndBitwiseOr(checked, group / Long.SIZE, 1L << group);
  }
}
