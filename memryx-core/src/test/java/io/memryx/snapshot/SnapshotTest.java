package io.memryx.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Limits;
import io.memryx.Memryx;
import io.memryx.Metric;
import io.memryx.RandomVectors;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotTest {
  private static final int DIMENSION = 12;

  /** Enough for lists. */
  private static final int ENTRIES = 4_200;

  /** Sections of a collection without lists. */
  private static final Set<SectionType> SMALL_SECTIONS =
      EnumSet.of(
          SectionType.ID_SIZES,
          SectionType.ID_BYTES,
          SectionType.METADATA_SIZES,
          SectionType.METADATA_BYTES,
          SectionType.ORIGINALS);

  /** All sections there are: no test changes it. */
  private static final Snapshot LOSSLESS = built(Metric.L2, Compression.LOSSLESS, ENTRIES);

  private static final Snapshot SMALL = built(Metric.COSINE, Compression.COMPACT, 300);

  private final RandomVectors random = new RandomVectors(10, DIMENSION, 15);
  private Map<SectionType, byte[]> bytes = new EnumMap<>(SectionType.class);
  private Snapshot snapshot = LOSSLESS;

  private static Snapshot built(Metric metric, Compression compression, int count) {
    return collection(metric, compression, count).snapshot();
  }

  private static VectorCollection collection(Metric metric, Compression compression, int count) {
    VectorCollection collection =
        Memryx.inMemory().collection("test", new CollectionOptions(DIMENSION, metric, compression));
    if (count > 0) {
      collection.upsert(new RandomVectors(9, DIMENSION, 15).entries(0, count));
    }
    BuildReport _ = collection.build(BuildRequest.defaults());
    return collection;
  }

  /** Tests use this snapshot from now on. */
  private void use(Snapshot other) {
    snapshot = other;
    bytes = bytesOf(other);
  }

  @BeforeEach
  void readBytes() {
    bytes = bytesOf(snapshot);
  }

  private byte[] section(SectionType type) {
    return Objects.requireNonNull(bytes.get(type));
  }

  private static Map<SectionType, byte[]> bytesOf(Snapshot snapshot) {
    Map<SectionType, byte[]> bytes = new EnumMap<>(SectionType.class);
    for (Section section : snapshot.sections()) {
      byte[] all = new byte[(int) section.byteLength()];
      int offset = 0;
      for (MemorySegment part : section.parts()) {
        MemorySegment.copy(part, ValueLayout.JAVA_BYTE, 0, all, offset, (int) part.byteSize());
        offset += (int) part.byteSize();
      }
      bytes.put(section.type(), all);
    }
    return bytes;
  }

  private static VectorCollection assemble(SnapshotMeta meta, Map<SectionType, byte[]> bytes) {
    SnapshotAssembler assembler = Memryx.assemble("test", meta, GenerationCommit.NONE);
    bytes.forEach(
        (type, all) -> {
          int offset = 0;
          for (MemorySegment part : assembler.allocate(type, all.length)) {
            MemorySegment.copy(all, offset, part, ValueLayout.JAVA_BYTE, 0, (int) part.byteSize());
            offset += (int) part.byteSize();
          }
          assertEquals(all.length, offset);
        });
    return assembler.finish();
  }

  static List<Arguments> kinds() {
    List<Arguments> kinds = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      for (Compression compression : Compression.values()) {
        kinds.add(Arguments.of(metric, compression, ENTRIES));
        kinds.add(Arguments.of(metric, compression, 200));
      }
    }
    return kinds;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void assemble_ofASnapshot_answersTheSame(Metric metric, Compression compression, int count) {
    VectorCollection collection = collection(metric, compression, count);
    Snapshot image = collection.snapshot();
    VectorCollection restored = assemble(image.meta(), bytesOf(image));
    assertEquals(collection.options(), restored.options());
    assertEquals(collection.stats(), restored.stats());
    for (int i = 0; i < 20; i++) {
      SearchRequest request = SearchRequest.of(random.next(), 10);
      assertEquals(collection.search(request).neighbors(), restored.search(request).neighbors());
      assertEquals(
          collection.search(request.exact()).neighbors(),
          restored.search(request.exact()).neighbors());
    }
    assertEquals(collection.get("123"), restored.get("123"));
    assertEquals(bytesOf(image).keySet(), bytesOf(restored.snapshot()).keySet());
    bytesOf(restored.snapshot())
        .forEach((type, all) -> assertArrayEquals(bytesOf(image).get(type), all));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void snapshot_sections_areThoseThatItsKindHas(Metric metric, Compression compression, int count) {
    Snapshot image = built(metric, compression, count);
    Set<SectionType> expected = EnumSet.copyOf(SMALL_SECTIONS);
    if (count >= 4_096) {
      expected = EnumSet.allOf(SectionType.class);
      if (compression != Compression.LOSSLESS) {
        expected.remove(SectionType.ORIGINALS);
        expected.remove(SectionType.SPILLED_STARTS);
        expected.remove(SectionType.SPILLED_POSITIONS);
      }
    }
    List<SectionType> types = image.sections().stream().map(Section::type).toList();
    assertEquals(
        List.copyOf(expected).stream().sorted().toList(), types.stream().sorted().toList());
    assertEquals(count >= 4_096, image.meta().lists() > 0);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void assemble_restoredCollection_takesEntriesAndBuilds(Compression compression) {
    use(built(Metric.COSINE, compression, ENTRIES));
    VectorCollection restored = assemble(snapshot.meta(), bytes);
    Entry entry = Entry.of("17", random.next());
    assertEquals(1, restored.upsert(List.of(entry)).replaced());
    BuildReport report = restored.build(BuildRequest.defaults());
    assertEquals(ENTRIES, report.vectors());
    assertEquals(BuildReport.Method.EXTENDED, report.method());
    SearchRequest request = SearchRequest.of(entry.vector(), 1);
    assertEquals("17", restored.search(request).neighbors().getFirst().id());
  }

  @Test
  void assemble_emptySnapshot_isAnEmptyCollection() {
    Snapshot empty = built(Metric.L2, Compression.COMPACT, 0);
    assertEquals(0, assemble(empty.meta(), bytesOf(empty)).stats().vectors());
  }

  @Test
  void sections_areReadOnly() {
    for (Section section : snapshot.sections()) {
      assertTrue(section.parts().stream().allMatch(MemorySegment::isReadOnly));
    }
  }

  @Test
  void assemble_missingSection_isRefused() {
    for (Snapshot each : List.of(LOSSLESS, SMALL)) {
      use(each);
      for (SectionType type : bytes.keySet()) {
        Map<SectionType, byte[]> without = new EnumMap<>(bytes);
        without.remove(type);
        refuse(each.meta(), without);
      }
    }
  }

  @Test
  void assemble_noSecondLists_searchesTheFirstOnes() {
    Snapshot compact = built(Metric.COSINE, Compression.COMPACT, ENTRIES);
    use(built(Metric.COSINE, Compression.LOSSLESS, ENTRIES));
    Map<SectionType, byte[]> unspilled = bytesOf(compact);
    unspilled.put(SectionType.ORIGINALS, section(SectionType.ORIGINALS));
    VectorCollection restored = assemble(snapshot.meta(), unspilled);
    float[] query = random.next();
    assertEquals(1_000, restored.search(SearchRequest.of(query, 1_000)).neighbors().size());
    assertEquals(compact.meta().lists(), restored.stats().index().lists());
  }

  @Test
  void assemble_emptySectionMissing_isRefusedToo() {
    use(built(Metric.COSINE, Compression.COMPACT, ENTRIES));
    assertEquals(0, section(SectionType.ADDENDS).length);
    bytes.remove(SectionType.ADDENDS);
    refuse(snapshot.meta(), bytes);
  }

  @Test
  void assemble_noSectionAtAll_isRefused() {
    refuse(LOSSLESS.meta(), Map.of());
    refuse(SMALL.meta(), Map.of());
  }

  @Test
  void assemble_sectionThatItsKindHasNot_isRefused() {
    Map<SectionType, byte[]> all = bytes;
    use(built(Metric.L2, Compression.COMPACT, ENTRIES));
    bytes.put(SectionType.ORIGINALS, Objects.requireNonNull(all.get(SectionType.ORIGINALS)));
    refuse(snapshot.meta(), bytes);
    for (SectionType type : EnumSet.complementOf(EnumSet.copyOf(SMALL_SECTIONS))) {
      use(SMALL);
      bytes.put(type, Objects.requireNonNull(all.get(type)));
      refuse(snapshot.meta(), bytes);
    }
  }

  @Test
  void allocate_sectionTwice_isRefused() {
    SnapshotAssembler assembler = Memryx.assemble("test", SMALL.meta(), GenerationCommit.NONE);
    List<MemorySegment> _ = assembler.allocate(SectionType.ID_SIZES, 300);
    assertThrows(
        MalformedSnapshotException.class, () -> assembler.allocate(SectionType.ID_SIZES, 300));
  }

  @Test
  void allocate_sectionBeforeThoseThatItNeeds_isRefused() {
    for (SectionType type :
        List.of(
            SectionType.ID_BYTES,
            SectionType.METADATA_BYTES,
            SectionType.SIGN_CODES,
            SectionType.SIGN_FACTORS,
            SectionType.ADDENDS,
            SectionType.ROW_CODES)) {
      SnapshotAssembler assembler = Memryx.assemble("test", LOSSLESS.meta(), GenerationCommit.NONE);
      assertThrows(
          MalformedSnapshotException.class, () -> assembler.allocate(type, section(type).length));
    }
  }

  @Test
  void allocate_secondListsAfterTheSignsTheyDouble_isRefused() {
    for (SectionType late : List.of(SectionType.SPILLED_STARTS, SectionType.SPILLED_POSITIONS)) {
      SnapshotAssembler assembler = Memryx.assemble("test", LOSSLESS.meta(), GenerationCommit.NONE);
      for (SectionType type : List.of(SectionType.QUANTIZER, SectionType.TRANSFORMS)) {
        fill(assembler, type);
      }
      // As many signs as there are without second lists.
      long rows = Math.ceilDiv(ENTRIES, 32) * 32L;
      int columns = section(SectionType.SIGN_CODES).length / (Math.ceilDiv(2 * ENTRIES, 32) * 32);
      assertEquals(
          rows * columns,
          assembler.allocate(SectionType.SIGN_CODES, rows * columns).stream()
              .mapToLong(MemorySegment::byteSize)
              .sum());
      assertThrows(
          MalformedSnapshotException.class, () -> assembler.allocate(late, section(late).length));
    }
  }

  private void fill(SnapshotAssembler assembler, SectionType type) {
    long offset = 0;
    MemorySegment all = MemorySegment.ofArray(section(type));
    for (MemorySegment part : assembler.allocate(type, all.byteSize())) {
      part.copyFrom(all.asSlice(offset, part.byteSize()));
      offset += part.byteSize();
    }
  }

  /** The counts are those of the largest collection, the sections those of a small file. */
  @Test
  void allocate_codesOfEntriesThatAreNotThere_isRefusedBeforeMemoryIsTaken() {
    for (SectionType type :
        List.of(
            SectionType.SIGN_CODES,
            SectionType.SIGN_FACTORS,
            SectionType.ADDENDS,
            SectionType.ROW_CODES)) {
      SnapshotAssembler assembler = ofMostEntries();
      assertThrows(
          MalformedSnapshotException.class, () -> assembler.allocate(type, section(type).length));
    }
  }

  private SnapshotAssembler ofMostEntries() {
    SnapshotMeta meta = snapshot.meta();
    SnapshotAssembler assembler =
        Memryx.assemble(
            "test",
            new SnapshotMeta(meta.options(), Limits.MAX_ENTRIES, meta.lists(), meta.quantizer()),
            GenerationCommit.NONE);
    for (SectionType type : List.of(SectionType.QUANTIZER, SectionType.TRANSFORMS)) {
      byte[] all = section(type);
      MemorySegment part = assembler.allocate(type, all.length).getFirst();
      MemorySegment.copy(all, 0, part, ValueLayout.JAVA_BYTE, 0, all.length);
    }
    return assembler;
  }

  @Test
  void assemble_sectionOfAnotherLength_isRefused() {
    for (Snapshot each : List.of(LOSSLESS, SMALL)) {
      use(each);
      for (SectionType type : List.copyOf(bytes.keySet())) {
        int length = section(type).length;
        for (int changed : new int[] {length + 4, length + 1, length - 4, length - 1, 0}) {
          Map<SectionType, byte[]> other = new EnumMap<>(bytes);
          other.put(type, Arrays.copyOf(section(type), changed));
          refuse(each.meta(), other);
        }
      }
    }
  }

  @Test
  void assemble_otherCountsOrKinds_isRefused() {
    SnapshotMeta meta = snapshot.meta();
    CollectionOptions options = meta.options();
    int lists = meta.lists();
    refuse(new SnapshotMeta(options, ENTRIES - 1, lists, meta.quantizer()), bytes);
    refuse(new SnapshotMeta(options, ENTRIES + 1, lists, meta.quantizer()), bytes);
    refuse(new SnapshotMeta(options, ENTRIES, lists - 1, meta.quantizer()), bytes);
    refuse(new SnapshotMeta(options, ENTRIES, 0, meta.quantizer()), bytes);
    refuse(new SnapshotMeta(options, ENTRIES, 0, SnapshotMeta.NO_QUANTIZER), bytes);
    refuse(new SnapshotMeta(options, ENTRIES, lists, SnapshotMeta.NO_QUANTIZER), bytes);
    refuse(new SnapshotMeta(options, ENTRIES, lists, "pq"), bytes);
    refuse(
        new SnapshotMeta(options.withMetric(Metric.DOT), ENTRIES, lists, meta.quantizer()), bytes);
    refuse(
        new SnapshotMeta(
            options.withCompression(Compression.BALANCED), ENTRIES, lists, meta.quantizer()),
        bytes);
    for (int dimension : new int[] {1, DIMENSION - 1, DIMENSION + 1, 4_096}) {
      var other = new CollectionOptions(dimension, Metric.L2, Compression.LOSSLESS);
      refuse(new SnapshotMeta(other, ENTRIES, lists, meta.quantizer()), bytes);
    }
  }

  @Test
  void assemble_ordinalsOutOfRangeOrTwice_isRefused() {
    for (SectionType type : List.of(SectionType.LIST_ORDINALS, SectionType.SPILLED_POSITIONS)) {
      for (int ordinal : new int[] {-1, ENTRIES, Integer.MAX_VALUE}) {
        refuseInt(type, 5, ordinal);
      }
      refuseInt(type, 5, MemorySegment.ofArray(section(type)).get(INT, 0));
    }
  }

  @Test
  void assemble_startsThatDoNotRise_isRefused() {
    for (SectionType type : List.of(SectionType.LIST_STARTS, SectionType.SPILLED_STARTS)) {
      refuseInt(type, 0, 1);
      refuseInt(type, 3, -5);
      refuseInt(type, 3, ENTRIES + 1);
      refuseInt(type, snapshot.meta().lists(), ENTRIES - 1);
    }
  }

  @Test
  void assemble_trainingThatNobodyFound_isRefused() {
    refuseInt(SectionType.TRAINING, 0, 0);
    refuseInt(SectionType.TRAINING, 0, snapshot.meta().lists() + 1);
    refuseInt(SectionType.TRAINING, 1, 0);
    refuseInt(SectionType.TRAINING, 2, Float.floatToRawIntBits(Float.NaN));
    refuseInt(SectionType.TRAINING, 3, Float.floatToRawIntBits(Float.POSITIVE_INFINITY));
    refuseInt(SectionType.TRAINING, 4, Float.floatToRawIntBits(1.5f));
  }

  @Test
  void assemble_textSizesThatLie_isRefused() {
    for (Snapshot each : List.of(LOSSLESS, SMALL)) {
      use(each);
      for (SectionType type : List.of(SectionType.ID_SIZES, SectionType.METADATA_SIZES)) {
        for (int size : new int[] {0, 100, 0x80, 0xFF}) {
          Map<SectionType, byte[]> changed = new EnumMap<>(bytes);
          byte[] sizes = section(type).clone();
          sizes[7] = (byte) size;
          changed.put(type, sizes);
          refuse(each.meta(), changed);
        }
      }
    }
  }

  @Test
  void assemble_bitsThatNoGroupCanHave_isRefused() {
    for (float bits : new float[] {-1, 0, 1.5f, 9, 256, Float.NaN}) {
      refuseInt(SectionType.QUANTIZER, DIMENSION, Float.floatToRawIntBits(bits));
    }
    // More than the group before has.
    refuseInt(SectionType.QUANTIZER, DIMENSION + 1, Float.floatToRawIntBits(8));
  }

  @Test
  void assemble_idsThatAreNotDistinct_isRefused() {
    Map<SectionType, byte[]> equalIds = new EnumMap<>(bytes);
    byte[] ids = section(SectionType.ID_BYTES).clone();
    ids[0] = ids[1];
    equalIds.put(SectionType.ID_BYTES, ids);
    refuse(snapshot.meta(), equalIds);
  }

  @Test
  void assemble_numbersThatAreNotFinite_isRefused() {
    for (SectionType type :
        List.of(
            SectionType.MEAN,
            SectionType.CENTROID_SCALES,
            SectionType.QUANTIZER,
            SectionType.ADDENDS,
            SectionType.ORIGINALS)) {
      refuseInt(type, 5, Float.floatToRawIntBits(Float.NaN));
      refuseInt(type, 5, Float.floatToRawIntBits(Float.NEGATIVE_INFINITY));
    }
    int infinite = Short.toUnsignedInt(Float.floatToFloat16(Float.POSITIVE_INFINITY));
    refuseInt(SectionType.TRANSFORMS, 5, infinite);
    int rowBytes = section(SectionType.ROW_CODES).length / ENTRIES;
    for (float scale : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      byte[] rows = section(SectionType.ROW_CODES).clone();
      short half = Float.floatToFloat16(scale);
      rows[8 * rowBytes - 2] = (byte) half;
      rows[8 * rowBytes - 1] = (byte) (half >> 8);
      Map<SectionType, byte[]> changed = new EnumMap<>(bytes);
      changed.put(SectionType.ROW_CODES, rows);
      refuse(snapshot.meta(), changed);
    }
  }

  @Test
  void assemble_vectorWithoutDirection_isRefused() {
    for (Compression compression : List.of(Compression.LOSSLESS, Compression.COMPACT)) {
      int count = compression == Compression.LOSSLESS ? ENTRIES : 100;
      use(built(Metric.COSINE, compression, count));
      byte[] vectors = section(SectionType.ORIGINALS);
      Arrays.fill(vectors, 0, DIMENSION * Float.BYTES, (byte) 0);
      refuse(snapshot.meta(), bytes);
    }
  }

  /** Whatever is in the sections: refused, or a collection that can be searched and shown. */
  @Test
  void assemble_anyBytesChanged_isRefusedOrHarmless() {
    int harmless = 0;
    for (Snapshot each : List.of(LOSSLESS, built(Metric.COSINE, Compression.COMPACT, ENTRIES))) {
      use(each);
      for (long seed = 0; seed < 60; seed++) {
        try {
          harmless += survives(seed) ? 1 : 0;
        } catch (RuntimeException | Error e) {
          throw new AssertionError("seed " + seed + " of " + each.meta(), e);
        }
      }
    }
    assertTrue(harmless > 20, harmless + " of 120");
  }

  private boolean survives(long seed) {
    var dice = new SplittableRandom(seed);
    List<SectionType> types = bytes.keySet().stream().filter(t -> section(t).length > 0).toList();
    SectionType type = types.get(dice.nextInt(types.size()));
    byte[] changed = section(type).clone();
    for (int i = dice.nextInt(1, 40); i > 0; i--) {
      changed[dice.nextInt(changed.length)] = (byte) dice.nextInt();
    }
    Map<SectionType, byte[]> sections = new EnumMap<>(bytes);
    sections.put(type, changed);
    VectorCollection collection;
    try {
      collection = assemble(snapshot.meta(), sections);
    } catch (MalformedSnapshotException e) {
      return false;
    }
    for (int i = 0; i < 3; i++) {
      SearchRequest request = SearchRequest.of(random.next(), 10);
      assertTrue(collection.search(request).neighbors().size() <= 10);
      assertTrue(collection.search(request.exact()).neighbors().size() <= 10);
    }
    assertTrue(collection.get("no such").isEmpty());
    for (int id = 0; id < ENTRIES; id += 400) {
      assertEquals(DIMENSION, collection.get("" + id).map(Entry::dimension).orElse(DIMENSION));
    }
    collection.upsert(random.entries(0, 5));
    assertEquals(ENTRIES, collection.build(BuildRequest.defaults()).vectors(), 5);
    return true;
  }

  @Test
  void assemble_textsThatNoEncoderWrote_isRefused() {
    for (SectionType type : List.of(SectionType.ID_BYTES, SectionType.METADATA_BYTES)) {
      Map<SectionType, byte[]> changed = new EnumMap<>(bytes);
      byte[] all = section(type).clone();
      all[0] = (byte) 0xFF;
      changed.put(type, all);
      refuse(snapshot.meta(), changed);
    }
  }

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private void refuseInt(SectionType type, int index, int value) {
    byte[] changed = section(type).clone();
    MemorySegment.ofArray(changed).set(INT, 4L * index, value);
    Map<SectionType, byte[]> sections = new EnumMap<>(bytes);
    sections.put(type, changed);
    refuse(snapshot.meta(), sections);
  }

  private static void refuse(SnapshotMeta meta, Map<SectionType, byte[]> sections) {
    assertThrows(MalformedSnapshotException.class, () -> assemble(meta, sections));
  }
}
