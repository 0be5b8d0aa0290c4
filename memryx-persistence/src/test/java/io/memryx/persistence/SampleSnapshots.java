package io.memryx.persistence;

import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Entry;
import io.memryx.Metric;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.UpsertResult;
import io.memryx.VectorCollection;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Snapshots with random bytes, and an assembler that keeps whatever it is given. */
public final class SampleSnapshots {
  private static final int DIMENSION = 3;

  private SampleSnapshots() {}

  /** A snapshot of so many entries, whose bytes follow from the seed. */
  public static Snapshot snapshot(int entries, long seed) {
    int lists = Math.min(entries, 2);
    var random = new SplittableRandom(seed);
    var sections = new ArrayList<Section>();
    for (SectionType type : SectionType.values()) {
      int elements =
          switch (type) {
            case CENTROIDS -> lists * DIMENSION;
            case LIST_STARTS -> entries == 0 ? 0 : lists + 1;
            case LIST_ORDINALS, ID_LENGTHS, METADATA_LENGTHS -> entries;
            case QUANTIZER -> entries == 0 ? 0 : 2 * DIMENSION;
            case CODES, ORIGINALS -> entries * DIMENSION;
            case ID_BYTES -> entries * 5;
            case METADATA_BYTES -> 0;
          };
      sections.add(new Section(type, parts(type, elements, random)));
    }
    var options = new CollectionOptions(DIMENSION, entries % 2 == 0 ? Metric.COSINE : Metric.L2);
    return new Snapshot(new SnapshotMeta(options, entries, lists, "sample"), sections);
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
        for (byte value : part.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)) {
          contents.append(Integer.toHexString(value & 0xff)).append(' ');
        }
      }
    }
    return contents.toString();
  }

  /** What a store holds for a key, or "nothing". */
  public static String load(SnapshotStore store, String key) {
    return store
        .load(key, Assembler::new)
        .map(loaded -> contents(loaded.collection().snapshot()))
        .orElse("nothing");
  }

  /** Keeps what it is given, in other parts than it came from. */
  public static final class Assembler implements SnapshotAssembler {
    private final SnapshotMeta meta;
    private final Map<SectionType, List<MemorySegment>> sections = new EnumMap<>(SectionType.class);

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
    public VectorCollection finish() {
      List<Section> read = new ArrayList<>();
      sections.forEach((type, parts) -> read.add(new Section(type, parts)));
      return new Image(new Snapshot(meta, read));
    }
  }

  private record Image(Snapshot snapshot) implements VectorCollection {
    @Override
    public String name() {
      return "image";
    }

    @Override
    public CollectionOptions options() {
      return snapshot.meta().options();
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
    public BuildReport build(BuildRequest request) {
      throw new UnsupportedOperationException("an image is read only");
    }

    @Override
    public CollectionStats stats() {
      throw new UnsupportedOperationException("an image has bytes, no entries");
    }
  }
}
