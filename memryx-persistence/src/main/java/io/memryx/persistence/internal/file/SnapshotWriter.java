package io.memryx.persistence.internal.file;

import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.proto.Meta;
import io.memryx.persistence.internal.proto.SectionEntry;
import io.memryx.persistence.internal.proto.SectionTable;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType.ElementType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotMeta;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes one snapshot file, from its first byte to its last. Not thread-safe. */
final class SnapshotWriter {
  /** The type of the section that holds the {@link Meta} message. */
  static final int META_TYPE = 64;

  private final StoreFiles.Sink sink;
  private final SnapshotHeader header;
  private final MemorySegment memory;
  private final SectionTable.Builder table = SectionTable.newBuilder();
  private long position;

  private SnapshotWriter(StoreFiles.Sink sink, SnapshotHeader header, MemorySegment memory) {
    this.sink = sink;
    this.header = header;
    this.memory = memory;
  }

  /** Size of a snapshot's file, a little rounded up. */
  static long estimateBytes(Snapshot snapshot) {
    long bytes = 4_096;
    for (Section section : snapshot.sections()) {
      long chunks = 1 + section.byteLength() / ChunkFrame.MAX_DATA_BYTES;
      bytes += section.byteLength() + chunks * ChunkFrame.MAX_PREFIX_BYTES;
      if (RawLayout.isRaw(section.type(), snapshot.meta())) {
        bytes +=
            RawLayout.ALIGNMENT + section.byteLength() / RawLayout.MIN_GROUP_BYTES * Integer.BYTES;
      }
    }
    return bytes;
  }

  /** Writes the file; its bytes are not durable yet. */
  static Written write(StoreFiles.Sink sink, SnapshotHeader header, String key, Snapshot snapshot)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(ChunkFrame.MAX_PREFIX_BYTES + bufferBytes(snapshot));
      var writer = new SnapshotWriter(sink, header, memory);
      writer.writeFully(header.encode());
      writer.writeMeta(key, snapshot.meta());
      // Raw sections last: whoever only knows chunks can walk all of them.
      for (Section section : snapshot.sections()) {
        if (!RawLayout.isRaw(section.type(), snapshot.meta())) {
          writer.writeSection(section.type().id(), section.type().elementType(), section.parts());
        }
      }
      for (Section section : snapshot.sections()) {
        if (RawLayout.isRaw(section.type(), snapshot.meta())) {
          writer.writeRaw(section, snapshot.meta().options().dimension() * Float.BYTES);
        }
      }
      return writer.finish();
    }
  }

  private static long bufferBytes(Snapshot snapshot) {
    long largest = snapshot.sections().stream().mapToLong(Section::byteLength).max().orElse(0);
    return Math.clamp(largest, 1 << 12, ChunkFrame.MAX_DATA_BYTES);
  }

  private void writeMeta(String key, SnapshotMeta meta) throws IOException {
    Meta message =
        Meta.newBuilder()
            .setDimension(meta.options().dimension())
            .setMetric(stored(meta.options().metric()))
            .setCompression(stored(meta.options().compression()))
            .setEntries(meta.entries())
            .setLists(meta.lists())
            .setQuantizer(meta.quantizer())
            .setCollectionKey(key)
            .setLastSequence(header.lastSequence())
            .build();
    writeSection(
        META_TYPE, ElementType.INT8, List.of(MemorySegment.ofArray(message.toByteArray())));
  }

  private static io.memryx.persistence.internal.proto.Metric stored(Metric metric) {
    return switch (metric) {
      case COSINE -> io.memryx.persistence.internal.proto.Metric.METRIC_COSINE;
      case DOT -> io.memryx.persistence.internal.proto.Metric.METRIC_DOT;
      case L2 -> io.memryx.persistence.internal.proto.Metric.METRIC_L2;
    };
  }

  private static io.memryx.persistence.internal.proto.Compression stored(Compression compression) {
    return switch (compression) {
      case COMPACT -> io.memryx.persistence.internal.proto.Compression.COMPRESSION_COMPACT;
      case BALANCED -> io.memryx.persistence.internal.proto.Compression.COMPRESSION_BALANCED;
      case LOSSLESS -> io.memryx.persistence.internal.proto.Compression.COMPRESSION_LOSSLESS;
    };
  }

  private void writeSection(int type, ElementType elementType, List<MemorySegment> parts)
      throws IOException {
    long offset = position;
    long byteLength = parts.stream().mapToLong(MemorySegment::byteSize).sum();
    long chunkLimit = memory.byteSize() - ChunkFrame.MAX_PREFIX_BYTES;
    // A chunk holds whole elements, so that each can be put in place by itself.
    chunkLimit -= chunkLimit % elementType.bytes();
    var cursor = new SectionParts(parts, elementType);
    int chunks = 0;
    for (long done = 0; done < byteLength; ) {
      long bytes = Math.min(chunkLimit, byteLength - done);
      cursor.get(memory, ChunkFrame.MAX_PREFIX_BYTES, bytes);
      writeChunk(type, chunks++, (int) bytes);
      done += bytes;
    }
    table.addSections(
        SectionEntry.newBuilder()
            .setType(type)
            .setRequired(true)
            .setOffset(offset)
            .setStoredLength(position - offset)
            .setByteLength(byteLength)
            .setChunkCount(chunks));
  }

  /** Writes the chunk whose data are in the buffer, its frame right before them. */
  private void writeChunk(int type, int chunk, int bytes) throws IOException {
    ByteBuffer buffer = memory.asByteBuffer();
    ByteBuffer data = buffer.slice(ChunkFrame.MAX_PREFIX_BYTES, bytes);
    int number = table.getSectionsCount();
    int crc32c = ChunkFrame.crc32c(header.snapshot(), type, number, chunk, data);
    byte[] prefix = new ChunkFrame(type, number, chunk, crc32c, bytes).encodePrefix();
    int start = ChunkFrame.MAX_PREFIX_BYTES - prefix.length;
    buffer.put(start, prefix);
    writeFully(buffer.slice(start, prefix.length + bytes));
  }

  /** Writes a section of rows in one piece: padding, rows, the checksum of each group of rows. */
  private void writeRaw(Section section, int rowBytes) throws IOException {
    var layout = RawLayout.ofRows(position, section.byteLength(), rowBytes);
    writeFully(ByteBuffer.allocate((int) (layout.dataOffset() - position)));
    byte[] sums = writeGroups(section, layout);
    writeFully(ByteBuffer.wrap(sums));
    int type = section.type().id();
    int number = table.getSectionsCount();
    table.addSections(
        SectionEntry.newBuilder()
            .setType(type)
            .setRequired(true)
            .setOffset(layout.offset())
            .setStoredLength(position - layout.offset())
            .setByteLength(layout.byteLength())
            .setGroupBytes(layout.groupBytes())
            .setGroupSumsCrc32C(StoredSections.sumsCrc32c(header.snapshot(), type, number, sums)));
  }

  /** Writes the rows, as many groups at once as fit the buffer, and gives their checksums. */
  private byte[] writeGroups(Section section, RawLayout layout) throws IOException {
    int type = section.type().id();
    int number = table.getSectionsCount();
    ByteBuffer sums =
        ByteBuffer.allocate(Math.toIntExact(layout.groups() * Integer.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    var cursor = new SectionParts(section.parts(), section.type().elementType());
    long groupsAtOnce = Math.max(1, memory.byteSize() / layout.groupBytes());
    for (long group = 0; group < layout.groups(); group += groupsAtOnce) {
      long left = layout.byteLength() - group * layout.groupBytes();
      int bytes = (int) Math.min(groupsAtOnce * layout.groupBytes(), left);
      cursor.get(memory, 0, bytes);
      ByteBuffer buffer = memory.asByteBuffer().limit(bytes);
      for (int start = 0; start < bytes; start += layout.groupBytes()) {
        ByteBuffer data = buffer.slice(start, Math.min(layout.groupBytes(), bytes - start));
        int chunk = sums.position() / Integer.BYTES;
        sums.putInt(ChunkFrame.crc32c(header.snapshot(), type, number, chunk, data));
      }
      writeFully(buffer);
    }
    return sums.array();
  }

  private Written finish() throws IOException {
    byte[] tableBytes = table.build().toByteArray();
    long tableOffset = position;
    writeFully(ByteBuffer.wrap(tableBytes));
    var trailer =
        new SnapshotTrailer(
            Sha256.of(tableBytes),
            tableOffset,
            tableBytes.length,
            position + SnapshotTrailer.BYTES);
    writeFully(trailer.encode(header.snapshot()));
    return new Written(position, trailer.tableSha256());
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    position += bytes.remaining();
    writeFully(sink, bytes);
  }

  /** A full disk shows as a short write first and as an exception only at the next one. */
  static void writeFully(StoreFiles.Sink sink, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (sink.write(bytes) <= 0) {
        throw new IOException("the device takes no more bytes");
      }
    }
  }

  /**
   * What a finished file is known by.
   *
   * @param bytes size of the file
   * @param tableSha256 digest of its section table
   */
  record Written(long bytes, Sha256 tableSha256) {}
}
