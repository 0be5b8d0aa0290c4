package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.snapshot.GenerationCommit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorCollectionTest {
  private static final int DIMENSION = 19;

  private final RandomVectors random = new RandomVectors(1, DIMENSION, 30);

  private static VectorCollection collection(Metric metric) {
    return collection(metric, Compression.COMPACT);
  }

  private static VectorCollection collection(Metric metric, Compression compression) {
    return Memryx.inMemory()
        .collection("test", new CollectionOptions(DIMENSION, metric, compression));
  }

  private static List<String> ids(SearchResult result) {
    return result.neighbors().stream().map(Neighbor::id).toList();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void search_exact_equalsBruteForceBeforeAndAfterABuild(Metric metric) {
    VectorCollection collection = collection(metric, Compression.LOSSLESS);
    Map<String, float[]> model = new HashMap<>();
    for (Entry entry : random.entries(0, 4_500)) {
      collection.upsert(List.of(entry));
      model.put(entry.id(), entry.vector());
    }
    assertEqualsBruteForce(collection, metric, model);
    assertEquals(BuildReport.Method.TRAINED, collection.build(BuildRequest.defaults()).method());
    assertEqualsBruteForce(collection, metric, model);
    for (Entry entry : random.entries(4_400, 200)) {
      collection.upsert(List.of(entry));
      model.put(entry.id(), entry.vector());
    }
    assertEqualsBruteForce(collection, metric, model);
  }

  private void assertEqualsBruteForce(
      VectorCollection collection, Metric metric, Map<String, float[]> model) {
    for (int i = 0; i < 20; i++) {
      float[] query = random.next();
      List<Double> expected = RandomVectors.bestScores(metric, query, model, 10);
      List<Neighbor> found = collection.search(SearchRequest.of(query, 10).exact()).neighbors();
      assertEquals(10, found.size());
      for (int n = 0; n < 10; n++) {
        assertEquals(expected.get(n), found.get(n).score(), 1e-4);
        float[] vector = Objects.requireNonNull(model.get(found.get(n).id()));
        assertEquals(RandomVectors.score(metric, query, vector), found.get(n).score(), 1e-4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void search_allLists_findsNearlyAllTrueNeighbors(Metric metric) {
    VectorCollection collection = collection(metric, Compression.LOSSLESS);
    collection.upsert(random.entries(0, 5_000));
    collection.build(BuildRequest.defaults());
    int hits = 0;
    for (int i = 0; i < 100; i++) {
      float[] query = random.next();
      List<String> exact = ids(collection.search(SearchRequest.of(query, 10).exact()));
      hits +=
          (int)
              ids(collection.search(SearchRequest.of(query, 10).withRerank(1_000))).stream()
                  .filter(exact::contains)
                  .count();
    }
    assertTrue(hits >= 950, hits + " of 1000");
  }

  @Test
  void search_l2FarFromTheOrigin_findsTrueNeighbors() {
    VectorCollection collection = collection(Metric.L2, Compression.LOSSLESS);
    List<float[]> vectors = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      float[] vector = random.next();
      for (int d = 0; d < DIMENSION; d++) {
        vector[d] += 10_000;
      }
      vectors.add(vector);
      entries.add(Entry.of("" + i, vector));
    }
    collection.upsert(entries);
    collection.build(BuildRequest.defaults());
    int found = 0;
    for (float[] query : vectors.subList(0, 100)) {
      SearchRequest request =
          SearchRequest.of(query, 10).withProbes(Integer.MAX_VALUE).withRerank(1_000);
      List<String> expected = ids(collection.search(request.exact()));
      found += (int) ids(collection.search(request)).stream().filter(expected::contains).count();
    }
    assertTrue(found >= 950, found + " of 1,000");
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void search_oneOutlierAmongMany_stillFindsTheirNeighbors(Metric metric) {
    VectorCollection collection = collection(metric, Compression.LOSSLESS);
    collection.upsert(random.entries(0, 5_000));
    float[] outlier = random.next();
    for (int d = 0; d < DIMENSION; d++) {
      outlier[d] = outlier[d] * 10 + (d % 2 == 0 ? 1e5f : -1e5f);
    }
    collection.upsert(List.of(Entry.of("outlier", outlier)));
    collection.build(BuildRequest.defaults());
    assertEquals("outlier", ids(collection.search(SearchRequest.of(outlier, 1))).getFirst());
    int hits = 0;
    for (int i = 0; i < 100; i++) {
      float[] query = random.next();
      List<String> exact = ids(collection.search(SearchRequest.of(query, 10).exact()));
      hits +=
          (int)
              ids(collection.search(SearchRequest.of(query, 10).withRerank(1_000))).stream()
                  .filter(exact::contains)
                  .count();
    }
    assertTrue(hits >= 930, hits + " of 1000");
  }

  @Test
  void search_fewProbes_scansFewCodesAndStillReturnsK() {
    VectorCollection collection = collection(Metric.COSINE);
    collection.upsert(random.entries(0, 5_000));
    collection.build(BuildRequest.defaults());
    SearchResult one = collection.search(SearchRequest.of(random.next(), 1).withProbes(1));
    assertEquals(1, one.work().listsProbed());
    assertTrue(one.work().codesScanned() < 1_000);
    SearchResult many = collection.search(SearchRequest.of(random.next(), 1_000).withProbes(1));
    assertEquals(1_000, many.neighbors().size());
    assertTrue(many.work().listsProbed() > 1);
  }

  @Test
  void search_equalVectors_comeInOrderOfId() {
    VectorCollection collection = collection(Metric.COSINE);
    float[] vector = random.next();
    for (int i = 0; i < 60; i++) {
      collection.upsert(List.of(Entry.of("id" + (i * 37 % 60 + 10), vector)));
      if (i == 30) {
        collection.build(BuildRequest.defaults());
      }
    }
    List<String> expected =
        java.util.stream.IntStream.range(10, 70).mapToObj(i -> "id" + i).toList();
    assertEquals(expected, ids(collection.search(SearchRequest.of(vector, 60).exact())));
    assertEquals(
        expected.subList(0, 7), ids(collection.search(SearchRequest.of(vector, 7).exact())));
  }

  @Test
  void search_emptyCollection_findsNothing() {
    assertEquals(
        List.of(), collection(Metric.L2).search(SearchRequest.of(random.next(), 5)).neighbors());
  }

  @Test
  void search_kBeyondTheEntries_returnsAll() {
    VectorCollection collection = collection(Metric.DOT);
    collection.upsert(random.entries(0, 7));
    assertEquals(7, collection.search(SearchRequest.of(random.next(), 100)).neighbors().size());
    collection.build(BuildRequest.defaults());
    assertEquals(7, collection.search(SearchRequest.of(random.next(), 100)).neighbors().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 4_500})
  void search_minScoreAndExcludedId_leaveOut(int count) {
    VectorCollection collection = collection(Metric.COSINE);
    collection.upsert(random.entries(0, count));
    collection.build(BuildRequest.defaults());
    float[] query = collection.get("3").orElseThrow().vector();
    assertEquals("3", ids(collection.search(SearchRequest.of(query, 5))).getFirst());
    List<Neighbor> others = collection.search(SearchRequest.of(query, 5).without("3")).neighbors();
    assertEquals(5, others.size());
    assertTrue(others.stream().noneMatch(neighbor -> neighbor.id().equals("3")));
    float bound = others.get(2).score();
    assertEquals(
        4, collection.search(SearchRequest.of(query, 5).withMinScore(bound)).neighbors().size());
  }

  @Test
  void search_cosineOfParallelVectors_isAtMostOne() {
    VectorCollection collection = collection(Metric.COSINE);
    float[] vector = random.next();
    float[] twice = vector.clone();
    for (int d = 0; d < DIMENSION; d++) {
      twice[d] *= 2;
    }
    collection.upsert(List.of(Entry.of("a", vector), Entry.of("b", twice)));
    for (Neighbor neighbor : collection.search(SearchRequest.of(twice, 2)).neighbors()) {
      assertTrue(neighbor.score() <= 1f && neighbor.score() > 0.9999f);
    }
  }

  @Test
  void upsert_sameId_replacesInHotBufferAndInBuiltIndex() {
    VectorCollection collection = collection(Metric.COSINE);
    assertEquals(new UpsertResult(100, 0), collection.upsert(random.entries(0, 100)));
    assertEquals(new UpsertResult(50, 50), collection.upsert(random.entries(50, 100)));
    assertEquals(150, collection.stats().vectors());
    collection.build(BuildRequest.defaults());
    assertEquals(0, collection.stats().tombstones());
    Entry replacement = Entry.of("7", random.next(), Metadata.of("state", "new"));
    assertEquals(new UpsertResult(0, 1), collection.upsert(List.of(replacement)));
    assertEquals(replacement, collection.get("7").orElseThrow());
    assertEquals(1, collection.stats().tombstones());
    SearchResult all = collection.search(SearchRequest.of(random.next(), 1_000).exact());
    assertEquals(150, all.neighbors().size());
    assertEquals(150, ids(all).stream().distinct().count());
    collection.build(BuildRequest.defaults());
    assertEquals(replacement, collection.get("7").orElseThrow());
    assertEquals(150, collection.stats().vectors());
  }

  @Test
  void upsert_idTwiceInABatch_lastOneWins() {
    VectorCollection collection = collection(Metric.L2);
    Entry last = Entry.of("a", random.next());
    assertEquals(
        new UpsertResult(1, 0), collection.upsert(List.of(Entry.of("a", random.next()), last)));
    assertEquals(last, collection.get("a").orElseThrow());
  }

  @Test
  void upsert_oneFaultyEntry_appliesNothingAndNamesItsPosition() {
    VectorCollection collection = collection(Metric.COSINE);
    List<Entry> batch = new ArrayList<>(random.entries(0, 3));
    float[] withNaN = random.next();
    withNaN[4] = Float.NaN;
    batch.add(Entry.of("nan", withNaN));
    batch.add(Entry.of("short", new float[] {1f}));
    var refused = assertThrows(ValidationException.class, () -> collection.upsert(batch));
    assertEquals(
        List.of(Violation.Code.NON_FINITE, Violation.Code.DIMENSION_MISMATCH),
        refused.violations().stream().map(Violation::code).toList());
    assertEquals(List.of(3, 4), refused.violations().stream().map(Violation::index).toList());
    assertEquals(
        "vector has 1 dimensions, collection 'test' expects 19",
        refused.violations().get(1).detail());
    assertEquals(0, collection.stats().vectors());
  }

  @Test
  void upsert_badVectorsAndIds_areRefusedWithTheirCode() {
    VectorCollection collection = collection(Metric.COSINE);
    float[] infinite = random.next();
    infinite[0] = Float.NEGATIVE_INFINITY;
    float[] tiny = new float[DIMENSION];
    tiny[0] = 1e-20f;
    float[] huge = new float[DIMENSION];
    huge[0] = 1e30f;
    assertRefused(collection, Entry.of("a", infinite), Violation.Code.NON_FINITE);
    assertRefused(collection, Entry.of("a", new float[DIMENSION]), Violation.Code.ZERO_NORM);
    assertRefused(collection, Entry.of("a", tiny), Violation.Code.ZERO_NORM);
    assertRefused(collection, Entry.of("a", huge), Violation.Code.VECTOR_TOO_LONG);
    assertRefused(collection, Entry.of("a", new float[0]), Violation.Code.DIMENSION_MISMATCH);
    assertRefused(collection, Entry.of("", random.next()), Violation.Code.BAD_ID);
    assertRefused(collection, Entry.of("a\nb", random.next()), Violation.Code.BAD_ID);
    assertRefused(collection, Entry.of("\uD800", random.next()), Violation.Code.BAD_ID);
    assertRefused(collection, Entry.of("é".repeat(257), random.next()), Violation.Code.BAD_ID);
    collection.upsert(List.of(Entry.of("é".repeat(256), random.next())));
  }

  private static void assertRefused(VectorCollection collection, Entry entry, Violation.Code code) {
    var refused = assertThrows(ValidationException.class, () -> collection.upsert(List.of(entry)));
    assertEquals(code, refused.violations().getFirst().code());
  }

  @Test
  void upsert_denormalVectorUnderCosine_hasNoDirectionAndIsRefused() {
    float[] vector = new float[DIMENSION];
    Arrays.fill(vector, Float.MIN_VALUE);
    VectorCollection collection = collection(Metric.COSINE);
    assertRefused(collection, Entry.of("a", vector), Violation.Code.ZERO_NORM);
    assertThrows(ValidationException.class, () -> collection.search(SearchRequest.of(vector, 1)));
    assertEquals(0, collection.stats().vectors());
  }

  @Test
  void upsert_zeroVectorUnderDotAndL2_isFine() {
    for (Metric metric : List.of(Metric.DOT, Metric.L2)) {
      VectorCollection collection = collection(metric);
      collection.upsert(List.of(Entry.of("zero", new float[DIMENSION])));
      assertEquals(1, collection.search(SearchRequest.of(random.next(), 1)).neighbors().size());
    }
  }

  @Test
  void upsert_emptyOrTooLargeBatch_isRefused() {
    VectorCollection collection = collection(Metric.DOT);
    Entry entry = Entry.of("a", random.next());
    for (List<Entry> batch :
        List.of(
            List.<Entry>of(), java.util.Collections.nCopies(Limits.MAX_BATCH_ENTRIES + 1, entry))) {
      var refused = assertThrows(ValidationException.class, () -> collection.upsert(batch));
      assertEquals(Violation.Code.BAD_BATCH, refused.violations().getFirst().code());
    }
  }

  @Test
  void violations_areThoseThatAnUpsertIsRefusedFor() {
    CollectionOptions options = new CollectionOptions(DIMENSION, Metric.COSINE);
    Entry good = Entry.of("good", random.next());
    List<Entry> batch = List.of(good, Entry.of("short", new float[3]), Entry.of("", random.next()));
    var refused =
        assertThrows(ValidationException.class, () -> collection(Metric.COSINE).upsert(batch));
    assertEquals(refused.violations(), Memryx.violations("test", options, batch));
    assertEquals(List.of(), Memryx.violations("test", options, List.of(good)));
  }

  @Test
  void search_badQuery_isRefusedAsAnEntryWouldBe() {
    VectorCollection collection = collection(Metric.COSINE);
    assertThrows(
        ValidationException.class,
        () -> collection.search(SearchRequest.of(new float[DIMENSION], 3)));
    assertThrows(
        ValidationException.class, () -> collection.search(SearchRequest.of(new float[3], 3)));
    for (int k : new int[] {0, -1, Limits.MAX_K + 1}) {
      assertThrows(ValidationException.class, () -> SearchRequest.of(random.next(), k));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 15, 16, 33, 200, 4_095})
  void build_fewEntries_findsThemAll(int count) {
    VectorCollection collection = collection(Metric.COSINE);
    collection.upsert(random.entries(0, count));
    BuildReport report = collection.build(BuildRequest.defaults());
    assertEquals(count, report.vectors());
    assertEquals(0, collection.stats().hotBuffer());
    assertEquals(BuildReport.Method.KEPT_AS_IS, report.method());
    assertEquals(CollectionStats.Index.NONE, collection.stats().index());
    for (int i = 0; i < count; i += 1 + count / 200) {
      float[] vector = collection.get("" + i).orElseThrow().vector();
      assertEquals("" + i, ids(collection.search(SearchRequest.of(vector, 1))).getFirst());
    }
  }

  @Test
  void build_nothingUpserted_isAnEmptyGeneration() {
    VectorCollection collection = collection(Metric.COSINE);
    assertEquals(0, collection.build(BuildRequest.defaults()).vectors());
    collection.upsert(random.entries(0, 3));
    assertEquals(3, collection.build(BuildRequest.defaults()).vectors());
  }

  @ParameterizedTest
  @ValueSource(ints = {3_000, 4_500})
  void upsert_duringABuild_isFoundAtOnceAndKept(int count) {
    VectorCollection collection = collection(Metric.COSINE, Compression.LOSSLESS);
    collection.upsert(random.entries(0, count));
    Entry added = Entry.of("added", random.next());
    Entry replaced = Entry.of("17", random.next());
    var done = new AtomicBoolean();
    BuildRequest request =
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  if (done.compareAndSet(false, true)) {
                    collection.upsert(List.of(added, replaced));
                    assertEquals(added, collection.get("added").orElseThrow());
                    assertEquals(count + 1, collection.stats().vectors());
                  }
                });
    collection.build(request);
    assertTrue(done.get());
    assertEquals(count + 1, collection.stats().vectors());
    assertEquals(2, collection.stats().hotBuffer());
    assertEquals(added, collection.get("added").orElseThrow());
    assertEquals(replaced, collection.get("17").orElseThrow());
    for (Entry entry : List.of(added, replaced)) {
      SearchResult result = collection.search(SearchRequest.of(entry.vector(), 3));
      assertEquals(entry.id(), result.neighbors().getFirst().id());
      assertEquals(3, ids(result).stream().distinct().count());
    }
    collection.build(BuildRequest.defaults());
    assertEquals(count + 1, collection.stats().vectors());
    assertEquals(0, collection.stats().hotBuffer());
    assertEquals(replaced, collection.get("17").orElseThrow());
  }

  @Test
  void get_entryReplacedMeanwhile_isNeverAbsent() throws Exception {
    for (int round = 0; round < 20; round++) {
      VectorCollection collection = collection(Metric.L2);
      List<Entry> entries = random.entries(0, 5_000);
      collection.upsert(entries);
      collection.build(BuildRequest.defaults());
      var next = new AtomicInteger();
      var absences = new AtomicInteger();
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = next.get(); i < entries.size(); i = next.get()) {
                      absences.addAndGet(collection.get(entries.get(i).id()).isEmpty() ? 1 : 0);
                    }
                  });
      for (Entry entry : entries) {
        collection.upsert(List.of(entry));
        next.incrementAndGet();
      }
      reader.join();
      assertEquals(0, absences.get());
    }
  }

  @Test
  void getAndSearch_idWithHalfASurrogatePair_isNoOtherId() {
    VectorCollection collection = collection(Metric.L2);
    float[] vector = random.next();
    collection.upsert(List.of(Entry.of("?", vector)));
    assertTrue(collection.get("\ud800").isEmpty());
    assertEquals(
        List.of("?"), ids(collection.search(SearchRequest.of(vector, 1).without("\ud800"))));
  }

  @Test
  void build_whileOneRuns_isRefused() {
    VectorCollection collection = collection(Metric.COSINE);
    collection.upsert(random.entries(0, 500));
    var asked = new AtomicBoolean();
    collection.build(
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  if (asked.compareAndSet(false, true)) {
                    assertThrows(
                        IllegalStateException.class,
                        () -> collection.build(BuildRequest.defaults()));
                  }
                }));
    assertTrue(asked.get());
  }

  @Test
  void build_cancelledManyTimes_leavesOneBufferToSearch() {
    VectorCollection collection = collection(Metric.COSINE);
    for (int round = 0; round < 200; round++) {
      collection.upsert(random.entries(round % 50, 2));
      // Asked once before the buffer is frozen, and again after.
      var asked = new AtomicInteger();
      BuildRequest request =
          BuildRequest.defaults().withCancellation(() -> asked.incrementAndGet() > 1);
      assertThrows(BuildCancelledException.class, () -> collection.build(request));
    }
    assertEquals(51, collection.stats().vectors());
    // A buffer more for every cancelled build would show in what they take.
    var once = collection(Metric.COSINE);
    for (int round = 0; round < 200; round++) {
      once.upsert(random.entries(round % 50, 2));
    }
    assertTrue(collection.stats().bytes().hotBuffer() <= once.stats().bytes().hotBuffer());
  }

  @Test
  void build_commitThatFails_servesOnAsBefore() {
    var fail = new AtomicBoolean(true);
    GenerationCommit commit =
        snapshot -> {
          if (fail.get()) {
            throw new IllegalStateException("disk full, made up");
          }
          return Optional.empty();
        };
    VectorCollection collection =
        Memryx.collection("test", CollectionOptions.of(DIMENSION), commit);
    collection.upsert(random.entries(0, 1_000));
    assertThrows(IllegalStateException.class, () -> collection.build(BuildRequest.defaults()));
    assertEquals(1_000, collection.stats().hotBuffer());
    fail.set(false);
    assertEquals(1_000, collection.build(BuildRequest.defaults()).vectors());
    assertEquals(0, collection.stats().hotBuffer());
  }

  @Test
  void entry_arraysGivenAndTaken_areCopies() {
    float[] vector = random.next();
    VectorCollection collection = collection(Metric.L2);
    Entry entry = Entry.of("a", vector);
    vector[0] = 99;
    assertFalse(entry.vector()[0] == 99);
    collection.upsert(List.of(entry));
    collection.get("a").orElseThrow().vector()[0] = 99;
    assertEquals(entry, collection.get("a").orElseThrow());
  }

  @Test
  void stats_bytesOfASmallCollection_areThoseOfItsVectors() {
    VectorCollection collection = collection(Metric.COSINE);
    collection.upsert(random.entries(0, 4_000));
    collection.build(BuildRequest.defaults());
    CollectionStats stats = collection.stats();
    assertEquals(0, stats.bytes().codes());
    assertEquals(0, stats.bytes().routing());
    assertTrue(stats.bytes().originals() >= 4_000L * (DIMENSION + 1) * 4);
    assertTrue(stats.bytes().ids() > 4_000 * 4 && stats.bytes().metadata() > 4_000 * 8);
    assertEquals(stats.bytes().total() / 4_000.0, stats.bytesPerVector());
  }

  @Test
  void store_collections_areNamedAndKeepTheirOptions() {
    VectorStore store = Memryx.inMemory();
    VectorCollection docs = store.collection("docs", CollectionOptions.of(3));
    assertEquals(docs, store.collection("docs", CollectionOptions.of(3)));
    assertEquals(docs, store.find("docs").orElseThrow());
    assertEquals(List.of(docs), store.collections());
    assertThrows(
        IllegalStateException.class, () -> store.collection("docs", CollectionOptions.of(4)));
    for (String name : List.of("", "Docs", "../x", "a b", "-a", "a".repeat(64))) {
      assertThrows(
          ValidationException.class, () -> store.collection(name, CollectionOptions.of(3)));
    }
    store.close();
    assertThrows(IllegalStateException.class, () -> store.find("docs"));
  }

  @Test
  void options_dimensionOutOfRange_isRefused() {
    for (int dimension : new int[] {0, -1, Limits.MAX_DIMENSION + 1}) {
      assertThrows(ValidationException.class, () -> CollectionOptions.of(dimension));
    }
  }

  @Test
  // A null is what is tested.
  @SuppressWarnings("NullAway")
  void filter_null_isRefusedEverywhere() {
    VectorCollection collection = Memryx.inMemory().collection("test", CollectionOptions.of(2));
    SearchRequest request = SearchRequest.of(new float[] {1, 0}, 1);
    assertThrows(NullPointerException.class, () -> request.withFilter(null));
    assertThrows(NullPointerException.class, () -> collection.entries(null));
    assertThrows(NullPointerException.class, () -> collection.count(null));
    assertThrows(NullPointerException.class, () -> collection.delete((Filter) null));
  }
}
