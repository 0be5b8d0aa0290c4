package io.memryx.persistence.internal.file;

import com.google.protobuf.InvalidProtocolBufferException;
import io.memryx.CollectionOptions;
import io.memryx.Metric;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.proto.Meta;
import io.memryx.persistence.internal.proto.SectionEntry;
import io.memryx.persistence.internal.proto.SectionTable;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SectionType.ElementType;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An open snapshot file whose header, trailer, table and meta are known to be sound. Whatever the
 * bytes are, reading gives what was written or a {@link CorruptSnapshotException}. Not thread-safe.
 */
final class SnapshotReader implements AutoCloseable {
  /** A table of 64 KiB names more than a thousand sections; a meta has a key and few numbers. */
  private static final int MAX_TABLE_BYTES = 1 << 16;

  private final String file;
  private final StoreFiles.Source source;
  private final FileWindow window;
  private final SnapshotHeader header;
  private final SnapshotTrailer trailer;
  private final SectionTable table;
  private final Meta meta;

  /** Takes the source over: it is closed with the reader, or here if this fails. */
  SnapshotReader(String file, StoreFiles.Source source) throws IOException {
    this.file = file;
    this.source = source;
    long size;
    try {
      size = source.size();
    } catch (IOException e) {
      source.close();
      throw e;
    }
    this.window = new FileWindow(file, source, size);
    try {
      requireSize(size);
      this.header =
          SnapshotHeader.decode(file, window.bytes(0, SnapshotHeader.BYTES).asByteBuffer());
      this.trailer =
          SnapshotTrailer.decode(
              file,
              size,
              header.snapshot(),
              window.bytes(size - SnapshotTrailer.BYTES, SnapshotTrailer.BYTES).asByteBuffer());
      this.table = readTable();
      this.meta = readMeta();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  SnapshotHeader header() {
    return header;
  }

  SnapshotTrailer trailer() {
    return trailer;
  }

  /** Key of the collection that the snapshot is of. */
  String key() {
    return meta.getCollectionKey();
  }

  private void requireSize(long size) {
    if (size < SnapshotHeader.BYTES + SnapshotTrailer.BYTES) {
      throw damage(size, "it ends here, before a snapshot could", null);
    }
  }

  private SectionTable readTable() {
    long offset = trailer.tableOffset();
    if (trailer.tableBytes() > MAX_TABLE_BYTES) {
      throw damage(offset, "a section table of %d bytes".formatted(trailer.tableBytes()), null);
    }
    byte[] bytes = window.bytes(offset, trailer.tableBytes()).toArray(ValueLayout.JAVA_BYTE);
    if (!Sha256.of(bytes).equals(trailer.tableSha256())) {
      throw damage(offset, "the section table has another digest than the trailer says", null);
    }
    try {
      SectionTable parsed = SectionTable.parseFrom(bytes);
      requireContiguous(parsed);
      return parsed;
    } catch (InvalidProtocolBufferException e) {
      throw damage(offset, "the section table can't be parsed", e);
    }
  }

  /** Every byte between header and table belongs to one section, so none goes unchecked. */
  private void requireContiguous(SectionTable parsed) {
    long position = SnapshotHeader.BYTES;
    for (SectionEntry section : parsed.getSectionsList()) {
      long left = trailer.tableOffset() - position;
      boolean fits =
          section.getOffset() == position
              && section.getStoredLength() >= 0
              && section.getStoredLength() <= left
              && section.getByteLength() >= 0
              && section.getByteLength() <= section.getStoredLength();
      if (!fits) {
        throw damage(
            trailer.tableOffset(),
            "section %d is said to have %d bytes in %d at %d, but %d follow %d"
                .formatted(
                    section.getType(),
                    section.getByteLength(),
                    section.getStoredLength(),
                    section.getOffset(),
                    left,
                    position),
            null);
      }
      position += section.getStoredLength();
    }
    if (position != trailer.tableOffset()) {
      throw damage(position, "bytes that belong to no section", null);
    }
  }

  private Meta readMeta() {
    if (table.getSectionsCount() == 0
        || table.getSections(0).getType() != SnapshotWriter.META_TYPE) {
      throw damage(trailer.tableOffset(), "the first section is not the meta", null);
    }
    SectionEntry entry = table.getSections(0);
    if (entry.getByteLength() > MAX_TABLE_BYTES) {
      throw damage(entry.getOffset(), "a meta of %d bytes".formatted(entry.getByteLength()), null);
    }
    byte[] bytes = new byte[(int) entry.getByteLength()];
    readSection(0, ElementType.INT8, List.of(MemorySegment.ofArray(bytes)));
    try {
      return Meta.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw damage(entry.getOffset(), "the meta can't be parsed", e);
    }
  }

  /** What the snapshot is of. */
  SnapshotMeta meta() {
    try {
      return new SnapshotMeta(
          new CollectionOptions(meta.getDimension(), metric()),
          meta.getEntries(),
          meta.getLists(),
          meta.getQuantizer());
    } catch (ValidationException e) {
      throw damage(table.getSections(0).getOffset(), e.getMessage(), e);
    }
  }

  private Metric metric() {
    return switch (meta.getMetric()) {
      case METRIC_COSINE -> Metric.COSINE;
      case METRIC_DOT -> Metric.DOT;
      case METRIC_L2 -> Metric.L2;
      case METRIC_UNSPECIFIED ->
          throw damage(table.getSections(0).getOffset(), "the meta names no metric", null);
      case UNRECOGNIZED ->
          throw new UnsupportedFormatException(
              file,
              "it has metric %d, which this Memryx does not know: use a newer one"
                  .formatted(meta.getMetricValue()));
    };
  }

  /** Reads every section into what an assembler allocates, and checks all of the file. */
  VectorCollection read(Function<SnapshotMeta, SnapshotAssembler> assemblers) {
    try {
      return read(assemblers.apply(meta()));
    } catch (MalformedSnapshotException e) {
      throw damage(SnapshotHeader.BYTES, e.getMessage(), e);
    }
  }

  private VectorCollection read(SnapshotAssembler assembler) {
    EnumSet<SectionType> seen = EnumSet.noneOf(SectionType.class);
    for (int number = 1; number < table.getSectionsCount(); number++) {
      SectionEntry entry = table.getSections(number);
      SectionType type = typeOf(entry);
      if (type == null) {
        readSection(number, ElementType.INT8, null);
      } else if (!seen.add(type)) {
        throw damage(trailer.tableOffset(), "section %s is there twice".formatted(type), null);
      } else {
        readSection(number, type.elementType(), allocate(assembler, type, entry));
      }
    }
    if (seen.size() != SectionType.values().length) {
      throw damage(
          trailer.tableOffset(), "sections are missing: " + EnumSet.complementOf(seen), null);
    }
    return assembler.finish();
  }

  /** Checks all of the file, without keeping any of it. */
  void verify() {
    SnapshotMeta _ = meta();
    Set<Integer> seen = new HashSet<>();
    for (int number = 1; number < table.getSectionsCount(); number++) {
      SectionEntry entry = table.getSections(number);
      SectionType type = typeOf(entry);
      if (!seen.add(entry.getType())) {
        throw damage(
            trailer.tableOffset(), "section %d is there twice".formatted(entry.getType()), null);
      }
      readSection(number, type == null ? ElementType.INT8 : type.elementType(), null);
    }
  }

  private @Nullable SectionType typeOf(SectionEntry entry) {
    for (SectionType type : SectionType.values()) {
      if (type.id() == entry.getType()) {
        return type;
      }
    }
    if (entry.getRequired()) {
      throw new UnsupportedFormatException(
          file,
          "it has a section of type %d, which this Memryx does not know: use a newer one"
              .formatted(entry.getType()));
    }
    return null;
  }

  private List<MemorySegment> allocate(
      SnapshotAssembler assembler, SectionType type, SectionEntry entry) {
    List<MemorySegment> parts;
    try {
      parts = assembler.allocate(type, entry.getByteLength());
    } catch (MalformedSnapshotException e) {
      throw damage(entry.getOffset(), e.getMessage(), e);
    }
    long allocated = parts.stream().mapToLong(MemorySegment::byteSize).sum();
    if (allocated != entry.getByteLength()) {
      throw new IllegalStateException(
          "the assembler gave %d bytes for section %s of %d"
              .formatted(allocated, type, entry.getByteLength()));
    }
    return parts;
  }

  /** Reads the chunks of a section, into its parts if there are any. */
  private void readSection(
      int number, ElementType elementType, @Nullable List<MemorySegment> parts) {
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
                .formatted(frame.dataBytes(), entry.getType(), left),
            null);
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
      throw damage(end, "section %d lacks %d bytes".formatted(entry.getType(), left), null);
    }
  }

  private ChunkFrame.Located readFrame(long position, long end) {
    long length = Math.min(ChunkFrame.MAX_PREFIX_BYTES, end - position);
    try {
      return ChunkFrame.decode(window.bytes(position, length).toArray(ValueLayout.JAVA_BYTE));
    } catch (IOException e) {
      throw damage(position, "no chunk begins here: " + e.getMessage(), e);
    }
  }

  private void requireIdentity(
      ChunkFrame frame, int type, int number, int chunk, long position, MemorySegment data) {
    int computed = ChunkFrame.crc32c(header.snapshot(), type, number, chunk, data.asByteBuffer());
    boolean inPlace =
        frame.sectionType() == type
            && frame.sectionNumber() == number
            && frame.chunkNumber() == chunk;
    if (!inPlace || frame.crc32c() != computed) {
      throw damage(
          position,
          "chunk %d of section %d has checksum %08x, what is there gives %08x"
              .formatted(chunk, type, frame.crc32c(), computed),
          null);
    }
  }

  private CorruptSnapshotException damage(
      long offset, @Nullable String what, @Nullable Throwable cause) {
    return new CorruptSnapshotException(file, offset, what == null ? "damaged" : what, cause);
  }

  @Override
  public void close() throws IOException {
    window.close();
    source.close();
  }
}
