package io.memryx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.StoredVectors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lossless collections whose originals lie in what a commit stored. */
class StoredOriginalsTest {
  private static final int DIMENSION = 10;
  private static final int ENTRIES = 4_300;
  private static final int K = 10;

  private final RandomVectors random = new RandomVectors(61, DIMENSION, 30);
  private final List<Entry> entries = random.entries(0, ENTRIES);
  private final Store store = new Store();

  /** Keeps the originals of the last snapshot as a file would: as bytes, little-endian. */
  private static final class Store implements GenerationCommit {
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicBoolean damaged = new AtomicBoolean();
    private MemorySegment stored = MemorySegment.NULL;

    @Override
    public Optional<StoredVectors> commit(Snapshot snapshot) {
      return snapshot.sections().stream()
          .filter(section -> section.type() == SectionType.ORIGINALS)
          .findFirst()
          .map(this::store);
    }

    private StoredVectors store(Section section) {
      byte[] bytes = bytes(section);
      MemorySegment segment = littleEndian(bytes).asReadOnly();
      stored = segment;
      int size = bytes.length / (DIMENSION * Float.BYTES);
      return new StoredVectors() {
        @Override
        public int size() {
          return size;
        }

        @Override
        public MemorySegment rows(int first, int count) {
          reads.incrementAndGet();
          if (damaged.get()) {
            throw new MalformedSnapshotException("damaged, made up");
          }
          long rowBytes = (long) DIMENSION * Float.BYTES;
          return segment.asSlice(first * rowBytes, count * rowBytes);
        }
      };
    }

    static byte[] bytes(Section section) {
      byte[] bytes = new byte[(int) section.byteLength()];
      int offset = 0;
      for (MemorySegment part : section.parts()) {
        int length = (int) part.byteSize();
        MemorySegment.copy(part, ValueLayout.JAVA_BYTE, 0, bytes, offset, length);
        offset += length;
      }
      return bytes;
    }

    private static MemorySegment littleEndian(byte[] nativeBytes) {
      var layout = ValueLayout.JAVA_FLOAT_UNALIGNED;
      MemorySegment source = MemorySegment.ofArray(nativeBytes);
      MemorySegment target = MemorySegment.ofArray(new byte[nativeBytes.length]);
      for (long at = 0; at < nativeBytes.length; at += Float.BYTES) {
        target.set(layout.withOrder(ByteOrder.LITTLE_ENDIAN), at, source.get(layout, at));
      }
      return target;
    }

    float[] row(int row) {
      float[] vector = new float[DIMENSION];
      MemorySegment.copy(
          stored,
          ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
          (long) row * DIMENSION * Float.BYTES,
          vector,
          0,
          DIMENSION);
      return vector;
    }
  }

  private VectorCollection built(Metric metric, GenerationCommit commit) {
    VectorCollection collection =
        Memryx.collection(
            "test", new CollectionOptions(DIMENSION, metric, Compression.LOSSLESS), commit);
    collection.upsert(entries);
    BuildReport _ = collection.build(BuildRequest.defaults());
    return collection;
  }

  private void assertSameAnswers(VectorCollection expected, VectorCollection actual) {
    for (int i = 0; i < 20; i++) {
      SearchRequest request = SearchRequest.of(random.next(), K);
      assertEquals(expected.search(request).neighbors(), actual.search(request).neighbors());
      assertEquals(
          expected.search(request.exact()).neighbors(), actual.search(request.exact()).neighbors());
    }
    for (int id = 0; id < expected.stats().vectors(); id += 101) {
      assertEquals(expected.get("" + id), actual.get("" + id));
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void build_storedOriginals_answerAsThoseInMemoryAndTakeNone(Metric metric) {
    VectorCollection inMemory = built(metric, GenerationCommit.NONE);
    VectorCollection stored = built(metric, store);
    assertTrue(inMemory.stats().bytes().originals() >= 4L * DIMENSION * ENTRIES);
    assertEquals(0, stored.stats().bytes().originals());
    assertSameAnswers(inMemory, stored);
  }

  @Test
  void search_storedOriginals_readsNoMoreThanTheCandidatesReranked() {
    VectorCollection collection = built(Metric.COSINE, store);
    for (int i = 0; i < 20; i++) {
      store.reads.set(0);
      SearchResult result = collection.search(SearchRequest.of(random.next(), K));
      int scored = result.work().vectorsScored();
      // Once to have it near, once to score it.
      assertEquals(2 * scored, store.reads.get());
      assertTrue(scored >= K && scored <= 2 * K + 5);
    }
    store.reads.set(0);
    Entry _ = collection.get("17").orElseThrow();
    assertEquals(1, store.reads.get());
  }

  @Test
  void search_filterOnStoredOriginals_readsFewEachAndOfMoreThoseThatCodesPutFirst() {
    VectorCollection collection = built(Metric.COSINE, store);
    SearchRequest request = SearchRequest.of(random.next(), K);
    SearchResult few = collection.search(request.withFilter(Filter.lt("number", 100)));
    assertEquals(100, few.work().vectorsScored());
    assertEquals(0, few.work().codesRanked());
    SearchRequest more = request.withFilter(Filter.lt("number", 1_000));
    SearchResult ranked = collection.search(more);
    assertEquals(1_000, ranked.work().codesRanked());
    assertTrue(ranked.work().vectorsScored() <= 2 * K + 5);
    assertEquals(collection.search(more.exact()).neighbors(), ranked.neighbors());
  }

  @Test
  void search_storedOriginalsThatAreDamaged_tellsTheSearcherAndNobodyElse() {
    VectorCollection collection = built(Metric.L2, store);
    SearchRequest request = SearchRequest.of(random.next(), K);
    List<Neighbor> found = collection.search(request).neighbors();
    Entry hot = Entry.of("hot", random.next());
    store.damaged.set(true);
    assertThrows(MalformedSnapshotException.class, () -> collection.search(request));
    assertThrows(MalformedSnapshotException.class, () -> collection.search(request.exact()));
    assertThrows(MalformedSnapshotException.class, () -> collection.get("5"));
    assertEquals(1, collection.upsert(List.of(hot)).added());
    assertEquals(hot, collection.get("hot").orElseThrow());
    assertThrows(MalformedSnapshotException.class, () -> collection.build(BuildRequest.defaults()));
    assertEquals(ENTRIES + 1, collection.stats().vectors());
    assertEquals(1, collection.stats().hotBuffer());
    store.damaged.set(false);
    List<Neighbor> now = collection.search(request.without("hot")).neighbors();
    assertEquals(found, now);
    assertEquals(ENTRIES + 1, collection.build(BuildRequest.defaults()).vectors());
    assertEquals(hot, collection.get("hot").orElseThrow());
  }

  @Test
  void build_overStoredOriginals_readsThroughThem() {
    VectorCollection inMemory = built(Metric.DOT, GenerationCommit.NONE);
    VectorCollection stored = built(Metric.DOT, store);
    List<Entry> expected = new ArrayList<>(entries);
    for (int round = 0; round < 3; round++) {
      List<Entry> newer = random.entries(expected.size() - 50, 150);
      inMemory.upsert(newer);
      stored.upsert(newer);
      expected.subList(expected.size() - 50, expected.size()).clear();
      expected.addAll(newer);
      BuildReport report = stored.build(BuildRequest.defaults());
      assertEquals(BuildReport.Method.EXTENDED, report.method());
      assertEquals(report.method(), inMemory.build(BuildRequest.defaults()).method());
      assertEquals(0, stored.stats().bytes().originals());
      assertSameAnswers(inMemory, stored);
      for (int row = 0; row < expected.size(); row += 13) {
        assertArrayEquals(expected.get(row).vector(), store.row(row));
      }
    }
    BuildRequest always = BuildRequest.defaults().withTraining(BuildRequest.Training.ALWAYS);
    assertEquals(BuildReport.Method.TRAINED, stored.build(always).method());
    assertEquals(BuildReport.Method.TRAINED, inMemory.build(always).method());
    assertSameAnswers(inMemory, stored);
  }

  @Test
  void build_tooSmallForLists_keepsItsVectorsWhateverIsStored() {
    VectorCollection collection =
        Memryx.collection(
            "test", new CollectionOptions(DIMENSION, Metric.L2, Compression.LOSSLESS), store);
    collection.upsert(entries.subList(0, 100));
    BuildReport _ = collection.build(BuildRequest.defaults());
    assertTrue(collection.stats().bytes().originals() > 0);
    store.damaged.set(true);
    assertEquals(entries.get(5), collection.get("5").orElseThrow());
  }

  @Test
  void assemble_originalsLeftWhereTheyAre_answersTheSame() {
    VectorCollection collection = built(Metric.COSINE, store);
    Snapshot image = collection.snapshot();
    Section originals = image.sections().getLast();
    assertSame(SectionType.ORIGINALS, originals.type());
    StoredVectors stored = store.store(originals);
    SnapshotAssembler assembler = assembled(image);
    assembler.originals(stored);
    VectorCollection restored = assembler.finish();
    assertEquals(0, restored.stats().bytes().originals());
    assertSameAnswers(collection, restored);
  }

  /** All sections but the last one, which is of the originals. */
  private SnapshotAssembler assembled(Snapshot image) {
    SnapshotAssembler assembler = Memryx.assemble("test", image.meta(), store);
    for (Section section : image.sections().subList(0, image.sections().size() - 1)) {
      MemorySegment all = MemorySegment.ofArray(Store.bytes(section));
      long offset = 0;
      for (MemorySegment part : assembler.allocate(section.type(), section.byteLength())) {
        part.copyFrom(all.asSlice(offset, part.byteSize()));
        offset += part.byteSize();
      }
    }
    return assembler;
  }

  @Test
  void originals_anotherNumberOrTwice_isRefused() {
    Snapshot image = built(Metric.COSINE, store).snapshot();
    StoredVectors stored = store.store(image.sections().getLast());
    StoredVectors fewer =
        new StoredVectors() {
          @Override
          public int size() {
            return stored.size() - 1;
          }

          @Override
          public MemorySegment rows(int first, int count) {
            return stored.rows(first, count);
          }
        };
    assertThrows(
        MalformedSnapshotException.class,
        () -> Memryx.assemble("test", image.meta(), store).originals(fewer));
    SnapshotAssembler twice = Memryx.assemble("test", image.meta(), store);
    twice.originals(stored);
    assertThrows(MalformedSnapshotException.class, () -> twice.originals(stored));
    assertThrows(MalformedSnapshotException.class, twice::finish);
  }
}
