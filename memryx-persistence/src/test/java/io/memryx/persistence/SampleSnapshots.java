package io.memryx.persistence;

import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Metric;
import io.memryx.PageRequest;
import io.memryx.RecallReport;
import io.memryx.RecallRequest;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.UpsertResult;
import io.memryx.VectorCollection;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoredVectors;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/** Snapshots with random bytes, and an assembler that keeps whatever it is given. */
public final class SampleSnapshots {
  private static final int DIMENSION = 3;

  /** Sections of format 1, in the order in which its golden store drew their bytes. */
  private static final int FORMAT_ONE_TYPES = 10;

  private SampleSnapshots() {}

  /** A compact snapshot of so many entries, whose bytes follow from the seed. */
  public static Snapshot snapshot(int entries, long seed) {
    return snapshot(Compression.COMPACT, entries, seed);
  }

  /** One of each kind that a store has to keep: compact, lossless, without lists. */
  public static List<Snapshot> ofEveryKind(int entries, long seed) {
    return List.of(
        snapshot(Compression.COMPACT, entries, seed),
        snapshot(Compression.LOSSLESS, entries, seed),
        withoutLists(entries, seed));
  }

  /** A snapshot with lists, if it has entries. */
  public static Snapshot snapshot(Compression compression, int entries, long seed) {
    return snapshot(
        new CollectionOptions(DIMENSION, metric(entries), compression),
        entries,
        Math.min(entries, 2),
        seed);
  }

  /** A snapshot without lists, as small collections have. */
  public static Snapshot withoutLists(int entries, long seed) {
    return snapshot(new CollectionOptions(DIMENSION, metric(entries)), entries, 0, seed);
  }

  /** A snapshot of these options, with random bytes. */
  public static Snapshot snapshot(CollectionOptions options, int entries, int lists, long seed) {
    var random = new SplittableRandom(seed);
    var sections = new ArrayList<Section>();
    for (SectionType type : SectionType.values()) {
      if (isThere(type, lists, options.compression())) {
        int elements = elements(type, options, entries, lists);
        sections.add(new Section(type, parts(type, elements, random)));
      }
    }
    String quantizer = lists == 0 ? SnapshotMeta.NO_QUANTIZER : "sample";
    return new Snapshot(new SnapshotMeta(options, entries, lists, quantizer), sections);
  }

  private static Metric metric(int entries) {
    return entries % 2 == 0 ? Metric.COSINE : Metric.L2;
  }

  private static boolean isThere(SectionType type, int lists, Compression compression) {
    return switch (type) {
      case ID_SIZES, ID_BYTES, METADATA_SIZES, METADATA_BYTES -> true;
      case ORIGINALS -> lists == 0 || compression == Compression.LOSSLESS;
      case SPILLED_STARTS, SPILLED_POSITIONS -> lists > 0 && compression == Compression.LOSSLESS;
      case TRAINING,
          MEAN,
          CENTROID_CODES,
          CENTROID_SCALES,
          LIST_STARTS,
          LIST_ORDINALS,
          QUANTIZER,
          TRANSFORMS,
          SIGN_CODES,
          SIGN_FACTORS,
          ADDENDS,
          ROW_CODES ->
          lists > 0;
    };
  }

  private static int elements(SectionType type, CollectionOptions options, int entries, int lists) {
    int dimension = options.dimension();
    return switch (type) {
      case LIST_STARTS, SPILLED_STARTS -> lists + 1;
      case LIST_ORDINALS, SPILLED_POSITIONS, SIGN_FACTORS, ID_SIZES, METADATA_SIZES -> entries;
      case MEAN -> dimension;
      case QUANTIZER -> 2 * dimension;
      case ORIGINALS -> entries * dimension;
      case ID_BYTES -> entries * 5;
      case METADATA_BYTES -> 0;
      case CENTROID_CODES -> lists * dimension;
      case CENTROID_SCALES -> lists;
      case TRANSFORMS -> 2 * dimension * dimension;
      case SIGN_CODES -> entries;
      case ROW_CODES -> entries * 2;
      case ADDENDS -> options.metric() == Metric.L2 ? entries : 0;
      case TRAINING -> 4;
    };
  }

  /**
   * What a store of format 1 that was made of {@code entries} and this seed gives today: ids,
   * metadata and vectors, no lists.
   */
  public static Snapshot ofFormatOne(int entries, long seed) {
    var random = new SplittableRandom(seed);
    int[] elements = {2 * DIMENSION, 3, entries, 2 * DIMENSION, entries * DIMENSION};
    elements = Arrays.copyOf(elements, FORMAT_ONE_TYPES);
    elements[5] = entries * DIMENSION;
    elements[6] = entries;
    elements[7] = entries * 5;
    elements[8] = entries;
    List<byte[]> stored = new ArrayList<>();
    for (int type = 1; type <= FORMAT_ONE_TYPES; type++) {
      boolean ofBytes = type == 5 || type == 8 || type == 10;
      int elementBytes = ofBytes ? 1 : Integer.BYTES;
      byte[] first = new byte[elements[type - 1] / 3 * elementBytes];
      byte[] second = new byte[elements[type - 1] * elementBytes - first.length];
      random.nextBytes(first);
      random.nextBytes(second);
      byte[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      stored.add(both);
    }
    return new Snapshot(
        new SnapshotMeta(
            new CollectionOptions(DIMENSION, metric(entries)),
            entries,
            0,
            SnapshotMeta.NO_QUANTIZER),
        List.of(
            section(SectionType.ID_SIZES, leb128(stored.get(6))),
            section(SectionType.ID_BYTES, stored.get(7)),
            section(SectionType.METADATA_SIZES, leb128(stored.get(8))),
            section(SectionType.METADATA_BYTES, stored.get(9)),
            section(SectionType.ORIGINALS, stored.get(5))));
  }

  private static Section section(SectionType type, byte[] bytes) {
    return new Section(type, List.of(MemorySegment.ofArray(bytes)));
  }

  private static byte[] leb128(byte[] lengths) {
    var sizes = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.wrap(lengths).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long left = Integer.toUnsignedLong(in.getInt());
      for (; left >= 128; left /= 128) {
        sizes.write((int) (128 + left % 128));
      }
      sizes.write((int) left);
    }
    return sizes.toByteArray();
  }

  /** Two parts of unequal size, of the kind of array that the core uses. */
  private static List<MemorySegment> parts(
      SectionType type, int elements, SplittableRandom random) {
    int first = elements / 3;
    List<MemorySegment> parts = arrays(type, first, elements - first);
    for (MemorySegment part : parts) {
      byte[] bytes = new byte[(int) part.byteSize()];
      random.nextBytes(bytes);
      part.copyFrom(MemorySegment.ofArray(bytes));
    }
    return parts;
  }

  private static List<MemorySegment> arrays(SectionType type, int... lengths) {
    List<MemorySegment> arrays = new ArrayList<>();
    for (int length : lengths) {
      arrays.add(
          switch (type.elementType()) {
            case INT8 -> MemorySegment.ofArray(new byte[length]);
            case INT16 -> MemorySegment.ofArray(new short[length]);
            case INT32 -> MemorySegment.ofArray(new int[length]);
            case FLOAT32 -> MemorySegment.ofArray(new float[length]);
          });
    }
    return arrays;
  }

  /** Everything a snapshot says, as a text that can be compared. */
  public static String contents(Snapshot snapshot) {
    var contents = new StringBuilder(snapshot.meta().toString());
    for (Section section : snapshot.sections()) {
      contents.append('\n').append(section.type()).append(':');
      for (MemorySegment part : section.parts()) {
        for (byte value : part.toArray(ValueLayout.JAVA_BYTE)) {
          contents.append(Integer.toHexString(value & 0xff)).append(' ');
        }
      }
    }
    return contents.toString();
  }

  /** The bytes of one section, as they are in memory. */
  public static MemorySegment bytes(Snapshot snapshot, SectionType type) {
    var bytes = new ByteArrayOutputStream();
    for (Section section : snapshot.sections()) {
      if (section.type() == type) {
        section.parts().forEach(part -> bytes.writeBytes(part.toArray(ValueLayout.JAVA_BYTE)));
      }
    }
    return MemorySegment.ofArray(bytes.toByteArray());
  }

  /** What a store holds for a key, or "nothing". */
  public static String load(SnapshotStore store, String key) {
    return store
        .load(key, Assembler::new)
        .map(loaded -> contents(loaded.collection().snapshot()))
        .orElse("nothing");
  }

  /** Gives assemblers, and the vectors that the last one was told to leave where they are. */
  static final class Reading implements Function<SnapshotMeta, SnapshotAssembler> {
    private Optional<Assembler> last = Optional.empty();

    @Override
    public SnapshotAssembler apply(SnapshotMeta meta) {
      var assembler = new Assembler(meta);
      last = Optional.of(assembler);
      return assembler;
    }

    /** The vectors that were left. */
    StoredVectors originals() {
      return last.flatMap(assembler -> assembler.originals).orElseThrow();
    }
  }

  /** Keeps what it is given, in other parts than it came from. */
  public static final class Assembler implements SnapshotAssembler {
    private final SnapshotMeta meta;
    private final Map<SectionType, List<MemorySegment>> sections = new EnumMap<>(SectionType.class);
    private Optional<StoredVectors> originals = Optional.empty();

    /** For a snapshot of this meta. */
    public Assembler(SnapshotMeta meta) {
      this.meta = meta;
    }

    @Override
    public List<MemorySegment> allocate(SectionType type, long byteLength) {
      int elements = (int) byteLength / type.elementType().bytes();
      List<MemorySegment> parts = arrays(type, elements / 2, 0, elements - elements / 2);
      sections.put(type, parts);
      return parts;
    }

    @Override
    public void originals(StoredVectors vectors) {
      if (meta.lists() == 0 || vectors.size() != meta.entries()) {
        throw new MalformedSnapshotException(vectors.size() + " vectors that nobody expects");
      }
      originals = Optional.of(vectors);
    }

    /** Changes all memory that was filled, as its owner may. */
    void overwrite() {
      sections.values().forEach(parts -> parts.forEach(part -> part.fill((byte) 7)));
    }

    @Override
    public VectorCollection finish() {
      return new Image(meta, sections, originals);
    }

    @Override
    public void replay(long sequence, Change change) {
      throw new MalformedSnapshotException("change " + sequence + ", which nobody logged");
    }
  }

  /** What was read; vectors that are stored are touched when the snapshot is asked for. */
  private record Image(
      SnapshotMeta meta,
      Map<SectionType, List<MemorySegment>> sections,
      Optional<StoredVectors> originals)
      implements VectorCollection {

    @Override
    public Snapshot snapshot() {
      var read = new EnumMap<>(sections);
      originals.ifPresent(
          vectors -> {
            int third = vectors.size() / 3;
            read.put(
                SectionType.ORIGINALS,
                List.of(vectors.rows(0, third), vectors.rows(third, vectors.size() - third)));
          });
      return new Snapshot(
          meta,
          read.entrySet().stream()
              .map(section -> new Section(section.getKey(), section.getValue()))
              .toList());
    }

    @Override
    public String name() {
      return "image";
    }

    @Override
    public CollectionOptions options() {
      return meta.options();
    }

    @Override
    public UpsertResult upsert(List<Entry> entries) {
      throw new UnsupportedOperationException("an image is read only");
    }

    @Override
    public Optional<Entry> get(String id) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public SearchResult search(SearchRequest request) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public List<Entry> page(PageRequest request) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public List<SearchResult> searchAll(List<SearchRequest> requests) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public Stream<Entry> entries() {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public Stream<Entry> entries(Filter filter) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public RecallReport recall(RecallRequest request) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public boolean contains(String id) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public int size() {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public int delete(Collection<String> ids) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public int delete(Filter filter) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public int count(Filter filter) {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }

    @Override
    public BuildReport build(BuildRequest request) {
      throw new UnsupportedOperationException("an image is read only");
    }

    @Override
    public CollectionStats stats() {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }
  }
}
