package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.proto.SectionEntry;
import io.memryx.persistence.internal.proto.SectionTable;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SectionType.ElementType;
import io.memryx.snapshot.SnapshotMeta;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sections of an open snapshot file, by their position in its table. Whatever the bytes are,
 * reading gives what was written or a {@link CorruptSnapshotException}. Not thread-safe.
 */
final class StoredSections {
  private static final ValueLayout.OfInt SUM =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String file;
  private final FileWindow window;
  private final UUID snapshot;
  private final SectionTable table;

  /** For a table whose sections follow one another within the file. */
  StoredSections(String file, FileWindow window, UUID snapshot, SectionTable table) {
    this.file = file;
    this.window = window;
    this.snapshot = snapshot;
    this.table = table;
  }

  /** Whether a section is stored raw, not in chunks. */
  boolean isRaw(int number) {
    return table.getSections(number).getGroupBytes() != 0;
  }

  // ---- in chunks

  /** Reads the chunks of a section, into its parts if there are any. */
  void readChunks(int number, ElementType elementType, @Nullable List<MemorySegment> parts) {
    SectionEntry entry = table.getSections(number);
    SectionParts cursor = parts == null ? null : new SectionParts(parts, elementType);
    long position = entry.getOffset();
    long end = position + entry.getStoredLength();
    long left = entry.getByteLength();
    int chunk = 0;
    while (position < end) {
      ChunkFrame.Located located = readFrame(position, end);
      ChunkFrame frame = located.frame();
      long dataStart = position + located.dataStart();
      if (frame.dataBytes() > Math.min(left, end - dataStart)
          || frame.dataBytes() % elementType.bytes() != 0) {
        throw damage(
            position,
            "a chunk of %d bytes where section %d has %d left"
                .formatted(frame.dataBytes(), entry.getType(), left));
      }
      MemorySegment data = window.bytes(dataStart, frame.dataBytes());
      requireIdentity(frame, entry.getType(), number, chunk, position, data);
      if (cursor != null) {
        cursor.put(data, 0, frame.dataBytes());
      }
      position = dataStart + frame.dataBytes();
      left -= frame.dataBytes();
      chunk++;
    }
    if (left != 0 || chunk != entry.getChunkCount()) {
      throw damage(end, "section %d lacks %d bytes".formatted(entry.getType(), left));
    }
  }

  private ChunkFrame.Located readFrame(long position, long end) {
    long length = Math.min(ChunkFrame.MAX_PREFIX_BYTES, end - position);
    try {
      return ChunkFrame.decode(window.bytes(position, length).toArray(ValueLayout.JAVA_BYTE));
    } catch (IOException e) {
      throw new CorruptSnapshotException(
          file, position, "no chunk begins here: " + e.getMessage(), e);
    }
  }

  private void requireIdentity(
      ChunkFrame frame, int type, int number, int chunk, long position, MemorySegment data) {
    int computed = ChunkFrame.crc32c(snapshot, type, number, chunk, data.asByteBuffer());
    boolean inPlace =
        frame.sectionType() == type
            && frame.sectionNumber() == number
            && frame.chunkNumber() == chunk;
    if (!inPlace || frame.crc32c() != computed) {
      throw damage(
          position,
          "chunk %d of section %d has checksum %08x, what is there gives %08x"
              .formatted(chunk, type, frame.crc32c(), computed));
    }
  }

  // ---- raw

  /**
   * Maps a raw section of rows; none of them is read yet.
   *
   * @param name what messages call the file
   */
  MappedVectors map(int number, SnapshotMeta meta, StoreFiles.Source source, String name)
      throws IOException {
    RawLayout layout = rawLayout(number, meta);
    int[] sums = readSums(number, layout);
    var identity =
        new MappedVectors.Identity(name, snapshot, table.getSections(number).getType(), number);
    MemorySegment data = source.map(layout.dataOffset(), layout.byteLength());
    return new MappedVectors(identity, data, layout, sums, rowBytes(meta));
  }

  /** Checks every byte of a raw section, by reading. */
  void checkRaw(int number, SnapshotMeta meta) {
    RawLayout layout = rawLayout(number, meta);
    int type = table.getSections(number).getType();
    requireZeros(layout.offset(), layout.dataOffset());
    int[] sums = readSums(number, layout);
    for (int group = 0; group < sums.length; group++) {
      long position = layout.dataOffset() + (long) group * layout.groupBytes();
      MemorySegment data = window.bytes(position, layout.bytesOf(group));
      int computed = ChunkFrame.crc32c(snapshot, type, number, group, data.asByteBuffer());
      if (computed != sums[group]) {
        throw damage(
            position,
            "group %d of section %d has checksum %08x, what is there gives %08x"
                .formatted(group, type, sums[group], computed));
      }
    }
  }

  private void requireZeros(long from, long to) {
    for (byte value : window.bytes(from, to - from).toArray(ValueLayout.JAVA_BYTE)) {
      if (value != 0) {
        throw damage(from, "padding that is not zero");
      }
    }
  }

  /** The layout that the table claims, if that is one, of this meta's vectors. */
  private RawLayout rawLayout(int number, SnapshotMeta meta) {
    SectionEntry entry = table.getSections(number);
    boolean ofVectors =
        entry.getType() == SectionType.ORIGINALS.id()
            && RawLayout.isRaw(SectionType.ORIGINALS, meta)
            && entry.getByteLength() == (long) meta.entries() * rowBytes(meta);
    int groupBytes = entry.getGroupBytes();
    boolean ofGroups =
        groupBytes >= RawLayout.MIN_GROUP_BYTES
            && groupBytes <= ChunkFrame.MAX_DATA_BYTES
            && groupBytes % rowBytes(meta) == 0
            && entry.getChunkCount() == 0;
    if (ofVectors && ofGroups) {
      var layout = new RawLayout(entry.getOffset(), entry.getByteLength(), groupBytes);
      if (layout.storedBytes() == entry.getStoredLength()) {
        return layout;
      }
    }
    throw damage(
        entry.getOffset(),
        "section %d is said to be stored raw, %d bytes in %d by groups of %d, which no snapshot of %d vectors in %d lists has"
            .formatted(
                entry.getType(),
                entry.getByteLength(),
                entry.getStoredLength(),
                groupBytes,
                meta.entries(),
                meta.lists()));
  }

  private static int rowBytes(SnapshotMeta meta) {
    return meta.options().dimension() * Float.BYTES;
  }

  /** The checksums, which the table's digest vouches for. */
  private int[] readSums(int number, RawLayout layout) {
    SectionEntry entry = table.getSections(number);
    byte[] bytes = new byte[Math.toIntExact(layout.groups() * Integer.BYTES)];
    MemorySegment stored = MemorySegment.ofArray(bytes);
    for (long done = 0; done < bytes.length; ) {
      long run = Math.min(bytes.length - done, ChunkFrame.MAX_DATA_BYTES);
      MemorySegment.copy(window.bytes(layout.sumsOffset() + done, run), 0, stored, done, run);
      done += run;
    }
    int computed = sumsCrc32c(snapshot, entry.getType(), number, bytes);
    if (computed != entry.getGroupSumsCrc32C()) {
      throw damage(
          layout.sumsOffset(),
          "the checksums of section %d have checksum %08x, what is there gives %08x"
              .formatted(entry.getType(), entry.getGroupSumsCrc32C(), computed));
    }
    return stored.toArray(SUM);
  }

  /** The checksum of a raw section's checksums, whose number stands for that of the group. */
  static int sumsCrc32c(UUID snapshot, int type, int number, byte[] sums) {
    return ChunkFrame.crc32c(
        snapshot, type, number, sums.length / Integer.BYTES, ByteBuffer.wrap(sums));
  }

  private CorruptSnapshotException damage(long offset, String what) {
    return new CorruptSnapshotException(file, offset, what, null);
  }
}
