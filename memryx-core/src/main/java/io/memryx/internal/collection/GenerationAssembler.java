package io.memryx.internal.collection;

import static java.util.Objects.requireNonNull;

import io.memryx.Compression;
import io.memryx.Limits;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.VectorCollection;
import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.StoredRows;
import io.memryx.internal.ivf.Training;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.VectorRowsBuilder;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.metadata.MetadataCodec;
import io.memryx.internal.quantization.CodeRows;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.internal.quantization.SignBlocks;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoredVectors;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts a generation together from the sections of a snapshot, the way back of {@link
 * GenerationImage}. Whatever the sections hold, a generation comes out whose arrays are within
 * bounds and whose entries can be searched and shown, or a {@link MalformedSnapshotException}.
 */
public final class GenerationAssembler implements SnapshotAssembler {
  private static final Set<SectionType> TEXTS =
      EnumSet.range(SectionType.ID_SIZES, SectionType.METADATA_BYTES);
  private static final Set<SectionType> INDEX =
      EnumSet.range(SectionType.TRAINING, SectionType.ROW_CODES);
  private static final Set<SectionType> SPILLED =
      EnumSet.of(SectionType.SPILLED_STARTS, SectionType.SPILLED_POSITIONS);

  private final String name;
  private final SnapshotMeta meta;
  private final Surroundings surroundings;
  private final MemoryAccount.Share held;
  private final Consumer<ClusteredCollection> store;
  private final int dimension;
  private final Set<SectionType> expected;
  private final Set<SectionType> allocated = EnumSet.noneOf(SectionType.class);
  private final Map<SectionType, byte[]> bytes = new EnumMap<>(SectionType.class);
  private final Map<SectionType, int[]> ints = new EnumMap<>(SectionType.class);
  private final Map<SectionType, float[]> floats = new EnumMap<>(SectionType.class);
  private short[] transforms = new short[0];
  private @Nullable ResidualQuantizer quantizer;
  private @Nullable SignBlocks signs;
  private @Nullable CodeRows codes;
  private PackedBytes ids = PackedBytes.empty();
  private PackedBytes metadata = PackedBytes.empty();
  private @Nullable VectorRowsBuilder originals;
  private @Nullable StoredVectors stored;
  private @Nullable ClusteredCollection assembled;
  private long replayed;

  /** For a collection of this name without a store, durable through {@code commit}. */
  public GenerationAssembler(String name, SnapshotMeta meta, GenerationCommit commit) {
    this(name, meta, Surroundings.none(commit));
  }

  private GenerationAssembler(String name, SnapshotMeta meta, Surroundings surroundings) {
    this(name, meta, surroundings, surroundings.memory().newShare(), collection -> {});
  }

  /**
   * For a collection of this name that the store takes in once it is there.
   *
   * @param held what the store has taken for it already, of the account of its surroundings
   */
  GenerationAssembler(
      String name,
      SnapshotMeta meta,
      Surroundings surroundings,
      MemoryAccount.Share held,
      Consumer<ClusteredCollection> store) {
    this.name = name;
    this.meta = meta;
    this.surroundings = surroundings;
    this.held = held;
    this.store = store;
    this.dimension = meta.options().dimension();
    this.replayed = meta.lastSequence();
    this.expected = expectedSections(meta);
    String readable = meta.lists() == 0 ? SnapshotMeta.NO_QUANTIZER : ResidualQuantizer.NAME;
    if (!meta.quantizer().equals(readable)) {
      throw new MalformedSnapshotException(
          "the snapshot's codes are of kind '%s', this release reads '%s': use the release that wrote it"
              .formatted(meta.quantizer(), readable));
    }
  }

  private static Set<SectionType> expectedSections(SnapshotMeta meta) {
    Set<SectionType> sections = EnumSet.copyOf(TEXTS);
    if (meta.lists() > 0) {
      sections.addAll(INDEX);
    }
    if (meta.lists() == 0 || meta.options().compression() == Compression.LOSSLESS) {
      sections.add(SectionType.ORIGINALS);
    }
    return sections;
  }

  @Override
  public List<MemorySegment> allocate(SectionType type, long byteLength) {
    begin(type);
    int entries = meta.entries();
    int lists = meta.lists();
    return switch (type) {
      case ID_SIZES, METADATA_SIZES -> byteArray(type, byteLength, entries, 3L * entries);
      case ID_BYTES -> {
        ids = texts(SectionType.ID_SIZES, 1, Limits.MAX_ID_BYTES, byteLength);
        yield segments(ids.bytesByChunk(), MemorySegment::ofArray);
      }
      case METADATA_BYTES -> {
        metadata = texts(SectionType.METADATA_SIZES, 0, Limits.MAX_METADATA_BYTES, byteLength);
        yield segments(metadata.bytesByChunk(), MemorySegment::ofArray);
      }
      case TRAINING -> intArray(type, byteLength, 1, 1 << 10);
      case MEAN -> floatArray(type, byteLength, dimension, dimension);
      case CENTROID_CODES ->
          byteArray(type, byteLength, (long) lists * dimension, (long) lists * dimension);
      case CENTROID_SCALES -> floatArray(type, byteLength, lists, lists);
      case LIST_STARTS, SPILLED_STARTS -> intArray(type, byteLength, lists + 1, lists + 1);
      case LIST_ORDINALS, SPILLED_POSITIONS -> intArray(type, byteLength, entries, entries);
      case QUANTIZER -> floatArray(type, byteLength, 1, 1 << 20);
      case TRANSFORMS -> {
        transforms = new short[elements(type, byteLength, 0, 1 << 26)];
        yield List.of(MemorySegment.ofArray(transforms));
      }
      case SIGN_CODES -> {
        requireSignBytes(byteLength);
        yield fitting(type, byteLength, signs().signs(), MemorySegment::ofArray);
      }
      case SIGN_FACTORS -> fitting(type, byteLength, signs().factors(), MemorySegment::ofArray);
      case ADDENDS -> fitting(type, byteLength, signs().addends(), MemorySegment::ofArray);
      case ROW_CODES -> codeParts(byteLength);
      case ORIGINALS -> originalParts(byteLength);
    };
  }

  @Override
  public void originals(StoredVectors vectors) {
    begin(SectionType.ORIGINALS);
    if (meta.lists() == 0 || vectors.size() != meta.entries()) {
      throw new MalformedSnapshotException(
          "%d stored originals for %d entries in %d lists"
              .formatted(vectors.size(), meta.entries(), meta.lists()));
    }
    stored = vectors;
  }

  private void begin(SectionType type) {
    if (!expected.contains(type)) {
      throw new MalformedSnapshotException(
          "section %s is not expected under %s with %d lists"
              .formatted(type, meta.options().compression(), meta.lists()));
    }
    if (SPILLED.contains(type) && allocated.contains(SectionType.SIGN_CODES)) {
      throw new MalformedSnapshotException(
          "section %s comes after SIGN_CODES, expected before".formatted(type));
    }
    if (!allocated.add(type)) {
      throw new MalformedSnapshotException("section " + type + " is there twice, expected once");
    }
  }

  /** The number of elements of a section, if it is possible. */
  private static int elements(SectionType type, long byteLength, long min, long max) {
    int elementBytes = type.elementType().bytes();
    long elements = byteLength / elementBytes;
    if (byteLength % elementBytes != 0
        || elements < min
        || elements > Math.min(max, Integer.MAX_VALUE - 8)) {
      throw new MalformedSnapshotException(
          "section %s has %d bytes, expected %d to %d elements of %d"
              .formatted(type, byteLength, min, max, elementBytes));
    }
    return (int) elements;
  }

  private List<MemorySegment> byteArray(SectionType type, long byteLength, long min, long max) {
    byte[] array = new byte[elements(type, byteLength, min, max)];
    bytes.put(type, array);
    return List.of(MemorySegment.ofArray(array));
  }

  private List<MemorySegment> intArray(SectionType type, long byteLength, long min, long max) {
    int[] array = new int[elements(type, byteLength, min, max)];
    ints.put(type, array);
    return List.of(MemorySegment.ofArray(array));
  }

  private List<MemorySegment> floatArray(SectionType type, long byteLength, long min, long max) {
    float[] array = new float[elements(type, byteLength, min, max)];
    floats.put(type, array);
    return List.of(MemorySegment.ofArray(array));
  }

  private static <A> List<MemorySegment> segments(
      List<A> arrays, Function<A, MemorySegment> ofArray) {
    return arrays.stream().map(ofArray).toList();
  }

  private static <A> List<MemorySegment> fitting(
      SectionType type, long byteLength, List<A> arrays, Function<A, MemorySegment> ofArray) {
    List<MemorySegment> parts = segments(arrays, ofArray);
    long needed = parts.stream().mapToLong(MemorySegment::byteSize).sum();
    if (needed != byteLength) {
      throw new MalformedSnapshotException(
          "section %s has %d bytes, expected %d".formatted(type, byteLength, needed));
    }
    return parts;
  }

  /** Rows for texts, whose sizes have been read and must add up to them. */
  private PackedBytes texts(SectionType sizesType, int min, int max, long byteLength) {
    byte[] encoded = requireNonNull(bytes.get(required(sizesType)));
    int[] sizes =
        checked(sizesType, () -> PackedBytes.decodeSizes(encoded, meta.entries(), min, max));
    long sum = Arrays.stream(sizes).asLongStream().sum();
    if (sum != byteLength) {
      throw new MalformedSnapshotException(
          "section %s adds up to %d bytes, the texts have %d"
              .formatted(sizesType, sum, byteLength));
    }
    return PackedBytes.allocate(sizes);
  }

  /** The section's type, if the section was allocated, and so filled, before. */
  private SectionType required(SectionType type) {
    if (!allocated.contains(type)) {
      throw new MalformedSnapshotException(
          "section %s is missing before those that need it".formatted(type));
    }
    return type;
  }

  /** What a section holds, taken out of it by code that refuses the impossible. */
  private static <T> T checked(SectionType type, Supplier<T> decoding) {
    try {
      return decoding.get();
    } catch (IllegalArgumentException e) {
      throw new MalformedSnapshotException("section %s: %s".formatted(type, e.getMessage()));
    }
  }

  private ResidualQuantizer quantizer() {
    ResidualQuantizer known = quantizer;
    if (known == null) {
      float[] parameters = requireNonNull(floats.get(required(SectionType.QUANTIZER)));
      SectionType _ = required(SectionType.TRANSFORMS);
      known =
          checked(
              SectionType.QUANTIZER,
              () -> ResidualQuantizer.ofParameters(dimension, parameters, transforms));
      quantizer = known;
    }
    return known;
  }

  private boolean isSpilled() {
    return allocated.containsAll(SPILLED);
  }

  /** Rows of the signs: spilled ones are there twice. */
  private int scannedRows() {
    return isSpilled() ? 2 * meta.entries() : meta.entries();
  }

  /**
   * Signs are allocated at once, when their first section comes: it must really be as long as so
   * many entries need, or a short file could ask for any amount of memory.
   */
  private void requireSignBytes(long byteLength) {
    long blocks = Math.ceilDiv(scannedRows(), VectorKernels.BLOCK_ROWS);
    long needed = blocks * VectorKernels.BLOCK_ROWS * quantizer().shape().columns();
    if (needed != byteLength) {
      throw new MalformedSnapshotException(
          "section SIGN_CODES has %d bytes, expected %d".formatted(byteLength, needed));
    }
  }

  private SignBlocks signs() {
    SectionType _ = required(SectionType.SIGN_CODES);
    SignBlocks known = signs;
    if (known == null) {
      known =
          SignBlocks.allocate(
              scannedRows(),
              quantizer().shape().columns(),
              meta.options().metric() == Metric.L2
                  ? SignBlocks.Addends.KEPT
                  : SignBlocks.Addends.NONE);
      signs = known;
    }
    return known;
  }

  /** Likewise, when all signs are there. */
  private List<MemorySegment> codeParts(long byteLength) {
    SectionType _ = required(SectionType.SIGN_CODES);
    var rows = CodeRows.allocate(meta.entries(), quantizer().shape().rowBytes());
    codes = rows;
    return fitting(SectionType.ROW_CODES, byteLength, rows.rows(), MemorySegment::ofArray);
  }

  private List<MemorySegment> originalParts(long byteLength) {
    long needed = (long) meta.entries() * dimension * Float.BYTES;
    if (needed != byteLength) {
      throw new MalformedSnapshotException(
          "section ORIGINALS has %d bytes, expected %d".formatted(byteLength, needed));
    }
    originals = new VectorRowsBuilder(meta.options().metric(), dimension, meta.entries());
    List<MemorySegment> parts = new ArrayList<>();
    long missing = byteLength;
    for (float[] chunk : originals.reserveChunks(meta.entries())) {
      MemorySegment all = MemorySegment.ofArray(chunk);
      long used = Math.min(missing, all.byteSize());
      parts.add(all.asSlice(0, used));
      missing -= used;
    }
    return parts;
  }

  @Override
  public VectorCollection finish() {
    Set<SectionType> missing = EnumSet.copyOf(expected);
    missing.removeAll(allocated);
    if (missing.containsAll(SPILLED)) {
      missing.removeAll(SPILLED);
    }
    if (!missing.isEmpty()) {
      throw new MalformedSnapshotException("sections are missing: " + missing);
    }
    var generation =
        Generation.of(
            meta.options(), meta.lists() == 0 ? null : index(), originals(), ids, metadata);
    if (generation.distinctIds() != meta.entries()) {
      throw new MalformedSnapshotException(
          "%d entries have %d distinct ids".formatted(meta.entries(), generation.distinctIds()));
    }
    requireTexts(generation);
    var collection =
        new ClusteredCollection(name, generation, meta.lastSequence(), surroundings, held);
    store.accept(collection);
    assembled = collection;
    return collection;
  }

  @Override
  public void replay(long sequence, Change change) {
    if (sequence != replayed + 1) {
      throw new MalformedSnapshotException(
          "change %d comes after change %d".formatted(sequence, replayed));
    }
    requireNonNull(assembled, "finish() comes first").replay(sequence, change);
    replayed = sequence;
  }

  private @Nullable Vectors originals() {
    if (stored != null) {
      return new StoredRows(meta.options().metric(), dimension, stored);
    }
    if (originals == null) {
      return null;
    }
    originals.adopt(meta.entries());
    VectorRows vectors = originals.view();
    requireVectors(vectors);
    return vectors;
  }

  /** What no upsert would have taken must not surface in the middle of a search. */
  private static void requireVectors(VectorRows vectors) {
    for (int row = 0; row < vectors.size(); row = vectors.endOfChunk(row)) {
      int rows = vectors.endOfChunk(row) - row;
      requireFinite(SectionType.ORIGINALS, vectors.chunkOf(row), rows * vectors.dimension());
    }
    for (int row = 0; row < vectors.size(); row++) {
      if (!Float.isFinite(vectors.scale(row))) {
        throw new MalformedSnapshotException(
            "section ORIGINALS has a vector without a direction at " + row);
      }
    }
  }

  private static void requireTexts(Generation generation) {
    boolean ascii = generation.ids().isAscii();
    for (int ordinal = 0; ordinal < generation.size(); ordinal++) {
      if (!ascii) {
        requireUtf8(generation.ids().copyOf(ordinal), ordinal);
      }
      if (!generation.metadata().isEmpty(ordinal)) {
        Metadata _ = MetadataCodec.decode(generation.metadata().copyOf(ordinal));
      }
    }
  }

  private static void requireUtf8(byte[] id, int ordinal) {
    byte[] text = new String(id, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(id, text)) {
      throw new MalformedSnapshotException(
          "entry %d has an id that is not UTF-8".formatted(ordinal));
    }
  }

  private static void requireFinite(SectionType type, float[] values, int length) {
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new MalformedSnapshotException(
            "section %s has %s where a finite number belongs".formatted(type, values[i]));
      }
    }
  }

  private ClusterIndex index() {
    float[] mean = requireNonNull(floats.get(SectionType.MEAN));
    float[] scales = requireNonNull(floats.get(SectionType.CENTROID_SCALES));
    requireFinite(SectionType.MEAN, mean, mean.length);
    requireFinite(SectionType.CENTROID_SCALES, scales, scales.length);
    for (float[] chunk : signs().addends()) {
      requireFinite(SectionType.ADDENDS, chunk, chunk.length);
    }
    CodeRows rows = requireNonNull(codes);
    requireScales(rows);
    return new ClusterIndex(
        new Centroids(
            meta.options().metric(),
            mean,
            requireNonNull(bytes.get(SectionType.CENTROID_CODES)),
            scales),
        lists(SectionType.LIST_STARTS, SectionType.LIST_ORDINALS),
        isSpilled()
            ? lists(SectionType.SPILLED_STARTS, SectionType.SPILLED_POSITIONS)
            : InvertedLists.empty(meta.lists()),
        quantizer(),
        signs(),
        rows,
        checked(
            SectionType.TRAINING,
            () -> Training.decode(requireNonNull(ints.get(SectionType.TRAINING)), meta.lists())));
  }

  /** A code may be any bits, but its scale must be a number. */
  private void requireScales(CodeRows rows) {
    ResidualQuantizer known = quantizer();
    for (int position = 0; position < rows.size(); position++) {
      if (!Float.isFinite(known.scale(rows.rowOf(position), rows.rowOffset(position)))) {
        throw new MalformedSnapshotException(
            "section ROW_CODES has a scale that is not finite at " + position);
      }
    }
  }

  private InvertedLists lists(SectionType startsType, SectionType heldType) {
    int[] starts = requireNonNull(ints.get(startsType));
    int[] held = requireNonNull(ints.get(heldType));
    requireStarts(startsType, starts);
    requirePermutation(heldType, held);
    return new InvertedLists(starts, held);
  }

  private void requireStarts(SectionType type, int[] starts) {
    boolean rising = starts[0] == 0 && starts[meta.lists()] == meta.entries();
    for (int list = 0; list < meta.lists(); list++) {
      rising &= starts[list] <= starts[list + 1];
    }
    if (!rising) {
      throw new MalformedSnapshotException(
          "section %s does not rise from 0 to %d".formatted(type, meta.entries()));
    }
  }

  private void requirePermutation(SectionType type, int[] held) {
    var seen = new BitSet(meta.entries());
    for (int i = 0; i < held.length; i++) {
      int number = held[i];
      if (number < 0 || number >= meta.entries() || seen.get(number)) {
        throw new MalformedSnapshotException(
            "element %d of section %s is %d, expected every number below %d once"
                .formatted(i, type, number, meta.entries()));
      }
      seen.set(number);
    }
  }
}
