package io.memryx.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Memryx;
import io.memryx.Metric;
import io.memryx.RandomVectors;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotTest {
  private static final int DIMENSION = 12;

  private final RandomVectors random = new RandomVectors(9, DIMENSION, 15);
  private Map<SectionType, byte[]> bytes = new EnumMap<>(SectionType.class);
  private Snapshot snapshot = built(Metric.COSINE, 600).snapshot();

  private VectorCollection built(Metric metric, int count) {
    VectorCollection collection =
        Memryx.inMemory().collection("test", new CollectionOptions(DIMENSION, metric));
    if (count > 0) {
      collection.upsert(random.entries(0, count));
    }
    collection.build(BuildRequest.defaults());
    return collection;
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

  @ParameterizedTest
  @EnumSource(Metric.class)
  void assemble_ofASnapshot_answersTheSame(Metric metric) {
    VectorCollection collection = built(metric, 5_000);
    Snapshot image = collection.snapshot();
    VectorCollection restored = assemble(image.meta(), bytesOf(image));
    assertEquals(collection.stats(), restored.stats());
    for (int i = 0; i < 50; i++) {
      SearchRequest request = SearchRequest.of(random.next(), 10);
      assertEquals(collection.search(request).neighbors(), restored.search(request).neighbors());
      assertEquals(
          collection.search(request.exact()).neighbors(),
          restored.search(request.exact()).neighbors());
    }
    assertEquals(collection.get("4321"), restored.get("4321"));
  }

  @Test
  void assemble_restoredCollection_takesEntriesAndBuilds() {
    VectorCollection restored = assemble(snapshot.meta(), bytes);
    Entry entry = Entry.of("17", random.next());
    assertEquals(1, restored.upsert(List.of(entry)).replaced());
    assertEquals(600, restored.build(BuildRequest.defaults()).vectors());
    assertEquals(entry, restored.get("17").orElseThrow());
  }

  @Test
  void assemble_emptySnapshot_isAnEmptyCollection() {
    Snapshot empty = built(Metric.L2, 0).snapshot();
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
    for (SectionType type : SectionType.values()) {
      Map<SectionType, byte[]> without = new EnumMap<>(bytes);
      without.remove(type);
      refuse(snapshot.meta(), without);
    }
  }

  @Test
  void assemble_noSectionAtAll_isRefused() {
    refuse(snapshot.meta(), Map.of());
  }

  @Test
  void assemble_sectionOfAnotherLength_isRefused() {
    for (SectionType type : SectionType.values()) {
      byte[] all = section(type);
      Map<SectionType, byte[]> longer = new EnumMap<>(bytes);
      longer.put(type, java.util.Arrays.copyOf(all, all.length + 4));
      refuse(snapshot.meta(), longer);
    }
  }

  @Test
  void assemble_otherCounts_isRefused() {
    SnapshotMeta meta = snapshot.meta();
    refuse(new SnapshotMeta(meta.options(), 599, meta.lists(), meta.quantizer()), bytes);
    refuse(new SnapshotMeta(meta.options(), 600, meta.lists() - 1, meta.quantizer()), bytes);
    refuse(new SnapshotMeta(CollectionOptions.of(11), 600, meta.lists(), meta.quantizer()), bytes);
    refuse(new SnapshotMeta(meta.options(), 600, meta.lists(), "pq"), bytes);
  }

  @Test
  void assemble_ordinalsOutOfRangeOrTwice_isRefused() {
    for (int ordinal : new int[] {-1, 600, Integer.MAX_VALUE}) {
      refuseInt(SectionType.LIST_ORDINALS, 5, ordinal);
    }
    int first = MemorySegment.ofArray(section(SectionType.LIST_ORDINALS)).get(INT, 0);
    refuseInt(SectionType.LIST_ORDINALS, 5, first);
  }

  @Test
  void assemble_startsThatDoNotRise_isRefused() {
    refuseInt(SectionType.LIST_STARTS, 0, 1);
    refuseInt(SectionType.LIST_STARTS, 3, -5);
    refuseInt(SectionType.LIST_STARTS, 3, 601);
    refuseInt(SectionType.LIST_STARTS, snapshot.meta().lists(), 599);
  }

  @Test
  void assemble_textLengthsThatLie_isRefused() {
    for (SectionType type : List.of(SectionType.ID_LENGTHS, SectionType.METADATA_LENGTHS)) {
      for (int length : new int[] {-1, 100, 1 << 30, Integer.MIN_VALUE}) {
        refuseInt(type, 7, length);
      }
    }
    refuseInt(SectionType.ID_LENGTHS, 7, 0);
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
        List.of(SectionType.CENTROIDS, SectionType.QUANTIZER, SectionType.ORIGINALS)) {
      refuseInt(type, 5, Float.floatToRawIntBits(Float.NaN));
      refuseInt(type, 5, Float.floatToRawIntBits(Float.NEGATIVE_INFINITY));
    }
  }

  @Test
  void assemble_vectorWithoutDirection_isRefused() {
    Map<SectionType, byte[]> zero = new EnumMap<>(bytes);
    byte[] vectors = section(SectionType.ORIGINALS).clone();
    java.util.Arrays.fill(vectors, 0, DIMENSION * Float.BYTES, (byte) 0);
    zero.put(SectionType.ORIGINALS, vectors);
    refuse(snapshot.meta(), zero);
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
