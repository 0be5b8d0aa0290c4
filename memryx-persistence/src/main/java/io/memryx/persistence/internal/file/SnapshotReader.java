package io.memryx.persistence.internal.file;

import com.google.protobuf.InvalidProtocolBufferException;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.proto.Meta;
import io.memryx.persistence.internal.proto.SectionEntry;
import io.memryx.persistence.internal.proto.SectionTable;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SectionType.ElementType;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoredVectors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
  private final StoredSections sections;
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
      this.sections = new StoredSections(file, window, header.snapshot(), table);
      this.meta = readMeta();
      requireOneSequence();
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

  /** Both say it, for whoever only reads one of them. */
  private void requireOneSequence() {
    if (meta.getLastSequence() != header.lastSequence()) {
      throw damage(
          table.getSections(0).getOffset(),
          "the meta ends with change %d, the header with change %d"
              .formatted(meta.getLastSequence(), header.lastSequence()),
          null);
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
    sections.readChunks(0, ElementType.INT8, List.of(MemorySegment.ofArray(bytes)));
    try {
      return Meta.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw damage(entry.getOffset(), "the meta can't be parsed", e);
    }
  }

  /** What the snapshot is of: for one of format 1, what is taken of it. */
  SnapshotMeta meta() {
    try {
      var options =
          new CollectionOptions(
              meta.getDimension(), metric(), isFormatOne() ? Compression.COMPACT : compression());
      return isFormatOne()
          ? new SnapshotMeta(options, meta.getEntries(), 0, SnapshotMeta.NO_QUANTIZER)
          : new SnapshotMeta(
              options,
              meta.getEntries(),
              meta.getLists(),
              meta.getQuantizer(),
              meta.getLastSequence());
    } catch (ValidationException e) {
      throw damage(table.getSections(0).getOffset(), e.getMessage(), e);
    }
  }

  private boolean isFormatOne() {
    return header.major() == SnapshotHeader.MAJOR_1;
  }

  private Metric metric() {
    return switch (meta.getMetric()) {
      case METRIC_COSINE -> Metric.COSINE;
      case METRIC_DOT -> Metric.DOT;
      case METRIC_L2 -> Metric.L2;
      case METRIC_UNSPECIFIED ->
          throw damage(table.getSections(0).getOffset(), "the meta names no metric", null);
      case UNRECOGNIZED -> throw unknown("metric %d".formatted(meta.getMetricValue()));
    };
  }

  private Compression compression() {
    return switch (meta.getCompression()) {
      case COMPRESSION_COMPACT -> Compression.COMPACT;
      case COMPRESSION_BALANCED -> Compression.BALANCED;
      case COMPRESSION_LOSSLESS -> Compression.LOSSLESS;
      case COMPRESSION_UNSPECIFIED ->
          throw damage(table.getSections(0).getOffset(), "the meta names no compression", null);
      case UNRECOGNIZED -> throw unknown("compression %d".formatted(meta.getCompressionValue()));
    };
  }

  private UnsupportedFormatException unknown(String what) {
    return new UnsupportedFormatException(
        file, "it has %s, which this Memryx does not know: use a newer one".formatted(what));
  }

  /** Whether {@link #read} leaves no section where it is. */
  boolean isReadWhole() {
    return IntStream.range(0, table.getSectionsCount()).noneMatch(sections::isRaw);
  }

  /**
   * Reads every section into what an assembler allocates, but for originals that are stored raw:
   * those are checked when they are touched. All the rest is checked now.
   */
  VectorCollection read(Function<SnapshotMeta, SnapshotAssembler> assemblers) throws IOException {
    SnapshotMeta read = meta();
    try {
      return read(read, assemblers.apply(read));
    } catch (MalformedSnapshotException e) {
      throw damage(SnapshotHeader.BYTES, e.getMessage(), e);
    }
  }

  private VectorCollection read(SnapshotMeta read, SnapshotAssembler assembler) throws IOException {
    Map<Integer, Integer> unread = completeNumbers(read);
    for (SectionType type : SectionType.values()) {
      OptionalInt storedType =
          isFormatOne() ? FormatOne.storedType(type) : OptionalInt.of(type.id());
      Integer number = storedType.isPresent() ? unread.remove(storedType.getAsInt()) : null;
      if (number == null) {
        continue;
      }
      if (sections.isRaw(number)) {
        assembler.originals(sections.map(number, read, source, file));
      } else if (isFormatOne() && FormatOne.isLengths(storedType.getAsInt())) {
        readLengths(number, type, assembler);
      } else {
        long bytes = table.getSections(number).getByteLength();
        sections.readChunks(number, type.elementType(), allocate(assembler, type, bytes, number));
      }
    }
    for (int number : unread.values()) {
      sections.readChunks(number, ElementType.INT8, null);
    }
    return assembler.finish();
  }

  private void readLengths(int number, SectionType type, SnapshotAssembler assembler) {
    long bytes = table.getSections(number).getByteLength();
    if (bytes != (long) meta.getEntries() * Integer.BYTES) {
      throw damage(
          table.getSections(number).getOffset(),
          "%d bytes of sizes for %d entries".formatted(bytes, meta.getEntries()),
          null);
    }
    byte[] lengths = new byte[Math.toIntExact(bytes)];
    sections.readChunks(number, ElementType.INT8, List.of(MemorySegment.ofArray(lengths)));
    byte[] sizes = FormatOne.sizes(lengths);
    new SectionParts(allocate(assembler, type, sizes.length, number), type.elementType())
        .put(MemorySegment.ofArray(sizes), 0, sizes.length);
  }

  private List<MemorySegment> allocate(
      SnapshotAssembler assembler, SectionType type, long byteLength, int number) {
    List<MemorySegment> parts;
    try {
      parts = assembler.allocate(type, byteLength);
    } catch (MalformedSnapshotException e) {
      throw damage(table.getSections(number).getOffset(), e.getMessage(), e);
    }
    long allocated = parts.stream().mapToLong(MemorySegment::byteSize).sum();
    if (allocated != byteLength) {
      throw new IllegalStateException(
          "the assembler gave %d bytes for section %s of %d"
              .formatted(allocated, type, byteLength));
    }
    return parts;
  }

  /** Checks all of the file, without keeping any of it. */
  void verify() {
    SnapshotMeta read = meta();
    for (int number : completeNumbers(read).values()) {
      if (sections.isRaw(number)) {
        sections.checkRaw(number, read);
      } else {
        sections.readChunks(number, ElementType.INT8, null);
      }
    }
  }

  /**
   * The vectors of section originals where they are stored, unread, if they are stored raw.
   *
   * @param name what messages about them call the file, which may get another name
   */
  Optional<StoredVectors> originals(String name) throws IOException {
    SnapshotMeta read = meta();
    Integer number = completeNumbers(read).get(SectionType.ORIGINALS.id());
    return number == null || !sections.isRaw(number)
        ? Optional.empty()
        : Optional.of(sections.map(number, read, source, name));
  }

  /**
   * The position of every section but the meta, by type; none that must be known is unknown, none
   * that must be there is missing.
   */
  private Map<Integer, Integer> completeNumbers(SnapshotMeta read) {
    Set<Integer> known = isFormatOne() ? FormatOne.TYPES : types(EnumSet.allOf(SectionType.class));
    Map<Integer, Integer> numbers = new TreeMap<>();
    for (int number = 1; number < table.getSectionsCount(); number++) {
      SectionEntry entry = table.getSections(number);
      if (numbers.put(entry.getType(), number) != null) {
        throw damage(
            trailer.tableOffset(), "section %d is there twice".formatted(entry.getType()), null);
      }
      if (entry.getRequired() && !known.contains(entry.getType())) {
        throw unknown("a section of type %d".formatted(entry.getType()));
      }
    }
    Set<Integer> missing =
        new TreeSet<>(isFormatOne() ? FormatOne.TYPES : types(requiredSections(read)));
    missing.removeAll(numbers.keySet());
    if (!missing.isEmpty()) {
      throw damage(trailer.tableOffset(), "sections are missing: " + missing, null);
    }
    return numbers;
  }

  private static Set<Integer> types(Set<SectionType> sections) {
    return sections.stream().map(SectionType::id).collect(Collectors.toSet());
  }

  /** The sections that every snapshot of this meta has. */
  private static Set<SectionType> requiredSections(SnapshotMeta meta) {
    EnumSet<SectionType> required =
        meta.lists() > 0
            ? EnumSet.allOf(SectionType.class)
            : EnumSet.of(
                SectionType.ID_SIZES,
                SectionType.ID_BYTES,
                SectionType.METADATA_SIZES,
                SectionType.METADATA_BYTES,
                SectionType.ORIGINALS);
    if (meta.lists() > 0 && meta.options().compression() != Compression.LOSSLESS) {
      required.remove(SectionType.ORIGINALS);
    }
    // Whether rows have second lists is the core's affair.
    required.remove(SectionType.SPILLED_STARTS);
    required.remove(SectionType.SPILLED_POSITIONS);
    return required;
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
