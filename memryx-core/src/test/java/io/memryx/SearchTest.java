package io.memryx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What requests can ask for beside a vector's neighbors. */
class SearchTest {
  private static final int DIMENSION = 19;

  private static final int ENTRIES = 4_500;

  private final RandomVectors random = new RandomVectors(11, DIMENSION, 30);

  /** Some built, some dead, some in the hot buffer, whose ids begin with "hot". */
  private VectorCollection mixed(Metric metric, Compression compression) {
    VectorCollection collection =
        Memryx.inMemory().collection("test", new CollectionOptions(DIMENSION, metric, compression));
    collection.upsert(random.entries(0, ENTRIES));
    BuildReport _ = collection.build(BuildRequest.defaults());
    List<Entry> hot = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      hot.add(Entry.of("hot" + i, random.next(), Metadata.builder().put("number", i).build()));
    }
    collection.upsert(hot);
    assertEquals(2, collection.delete(List.of("3", "hot3")));
    return collection;
  }

  private static VectorCollection small() {
    VectorCollection collection = Memryx.inMemory().collection("test", CollectionOptions.of(2));
    collection.upsert(
        List.of(
            Entry.of("east", new float[] {2, 0}, Metadata.builder().put("is", "right").build()),
            Entry.of("north", new float[] {0, 3})));
    return collection;
  }

  private static List<String> ids(SearchResult result) {
    return result.neighbors().stream().map(Neighbor::id).toList();
  }

  private static Violation.Code code(ValidationException e) {
    return e.violations().getFirst().code();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void search_like_isTheSearchByItsVectorWithoutItself(Compression compression) {
    for (Metric metric : Metric.values()) {
      VectorCollection collection = mixed(metric, compression);
      for (String id : List.of("0", "4499", "hot0", "hot69")) {
        float[] vector = collection.get(id).orElseThrow().vector();
        List<Neighbor> byVector =
            collection.search(SearchRequest.of(vector, 7).without(id)).neighbors();
        List<Neighbor> like = collection.search(SearchRequest.like(id, 7)).neighbors();
        assertEquals(byVector, like);
        assertEquals(7, like.size());
        assertFalse(like.stream().anyMatch(neighbor -> neighbor.id().equals(id)));
      }
    }
  }

  @Test
  void search_likeWithout_leavesOutBoth() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.LOSSLESS);
    List<String> all = ids(collection.search(SearchRequest.like("5", 6)));
    SearchRequest without = SearchRequest.like("5", 5).without(all.get(2));
    List<String> expected = new ArrayList<>(all);
    expected.remove(2);
    assertEquals(expected, ids(collection.search(without)));
  }

  @Test
  void search_likeWhatIsNotThere_isRefusedByItsId() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.COMPACT);
    for (String id : List.of("nobody", "3", "hot3", "\ud800", "")) {
      var e =
          assertThrows(
              ValidationException.class, () -> collection.search(SearchRequest.like(id, 3)));
      assertEquals(Violation.Code.UNKNOWN_ID, code(e));
    }
    var e =
        assertThrows(
            ValidationException.class, () -> collection.search(SearchRequest.like("no\nbody", 3)));
    assertTrue(String.valueOf(e.getMessage()).contains("'no?body'"), e.toString());
  }

  @Test
  void search_likeTheOnlyEntry_findsNothing() {
    VectorCollection collection = Memryx.inMemory().collection("test", CollectionOptions.of(2));
    collection.upsert(List.of(Entry.of("a", new float[] {1, 2})));
    assertEquals(List.of(), collection.search(SearchRequest.like("a", 3)).neighbors());
  }

  @Test
  void search_unlessTold_bringsMetadataAndNoVector() {
    Neighbor east = small().search(SearchRequest.of(new float[] {1, 0}, 1)).neighbors().getFirst();
    assertEquals(new Neighbor("east", 1, Metadata.builder().put("is", "right").build()), east);
  }

  @Test
  void search_includingNothing_bringsIdAndScore() {
    SearchRequest request = SearchRequest.of(new float[] {1, 0}, 1).withInclude(Set.of());
    Neighbor east = small().search(request).neighbors().getFirst();
    assertEquals(new Neighbor("east", 1, Metadata.empty(), Optional.empty()), east);
  }

  @Test
  void search_includingTheVectorAlone_bringsAnEntryWithoutMetadata() {
    SearchRequest request =
        SearchRequest.of(new float[] {1, 0}, 1).withInclude(Set.of(Include.VECTOR));
    Neighbor east = small().search(request).neighbors().getFirst();
    assertEquals(Optional.of(Entry.of("east", new float[] {2, 0})), east.entry());
    assertEquals(Metadata.empty(), east.metadata());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void search_includingVectors_bringsWhatGetGives(Compression compression) {
    VectorCollection collection = mixed(Metric.L2, compression);
    for (boolean exact : new boolean[] {false, true}) {
      SearchRequest request =
          SearchRequest.of(random.next(), 200).withInclude(Set.of(Include.values()));
      List<Neighbor> found = collection.search(exact ? request.exact() : request).neighbors();
      assertEquals(200, found.size());
      assertTrue(found.stream().anyMatch(neighbor -> neighbor.id().startsWith("hot")));
      for (Neighbor neighbor : found) {
        assertEquals(collection.get(neighbor.id()), neighbor.entry());
        assertEquals(neighbor.metadata(), neighbor.entry().orElseThrow().metadata());
      }
    }
  }

  @Test
  void request_includeChangedLater_keepsWhatItWasGiven() {
    var include = new HashSet<>(Set.of(Include.VECTOR));
    SearchRequest request = SearchRequest.like("a", 1).withInclude(include);
    include.add(Include.METADATA);
    assertEquals(Set.of(Include.VECTOR), request.include());
  }

  @Test
  void search_pastItsDeadline_saysSoAndLeavesTheCollectionAsItWas() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.LOSSLESS);
    SearchRequest request = SearchRequest.of(random.next(), 3);
    List<Neighbor> before = collection.search(request).neighbors();
    for (SearchRequest late : List.of(request, request.exact(), SearchRequest.like("7", 2))) {
      var e =
          assertThrows(
              SearchTimeoutException.class,
              () -> collection.search(late.withDeadline(Duration.ofNanos(1))));
      assertTrue(String.valueOf(e.getMessage()).contains("1.0E-6 ms"), e.toString());
      assertTrue(String.valueOf(e.getMessage()).contains("'test'"), e.toString());
    }
    assertEquals(before, collection.search(request).neighbors());
  }

  @Test
  void search_withinItsDeadline_isTheSearchWithoutOne() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.LOSSLESS);
    SearchRequest request = SearchRequest.of(random.next(), 3);
    List<Neighbor> found = collection.search(request).neighbors();
    for (Duration deadline : List.of(Duration.ofDays(1), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertEquals(found, collection.search(request.withDeadline(deadline)).neighbors());
    }
  }

  @Test
  void request_deadlineOfNothing_isRefused() {
    for (Duration deadline : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
      var e =
          assertThrows(
              ValidationException.class, () -> SearchRequest.like("a", 1).withDeadline(deadline));
      assertEquals(Violation.Code.OUT_OF_RANGE, code(e));
      assertThrows(ValidationException.class, () -> RecallRequest.of(1, 1).withDeadline(deadline));
    }
  }

  @Test
  void search_onAnInterruptedThread_saysSoAndKeepsTheInterrupt() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.COMPACT);
    SearchRequest request = SearchRequest.of(random.next(), 3);
    Thread.currentThread().interrupt();
    try {
      assertThrows(SearchInterruptedException.class, () -> collection.search(request));
      assertThrows(SearchInterruptedException.class, () -> collection.searchAll(List.of(request)));
      assertThrows(
          SearchInterruptedException.class, () -> collection.recall(RecallRequest.of(3, 3)));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(3, collection.search(request).neighbors().size());
  }

  @Test
  void search_work_countsWhatWasDoneAndItsPhasesAddUp() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.LOSSLESS);
    SearchResult.Work work = collection.search(SearchRequest.of(random.next(), 10)).work();
    assertTrue(work.listsProbed() > 0 && work.codesScanned() >= work.codesRanked());
    assertTrue(work.codesRanked() >= 10);
    assertTrue(work.vectorsScored() >= 69 + 10);
    assertEquals(-1, work.matched());
    SearchResult.Time time = work.time();
    assertEquals(
        work.micros(),
        time.hotBuffer()
            + time.routing()
            + time.scanning()
            + time.ranking()
            + time.reranking()
            + time.rest());
    assertTrue(time.rest() >= 0 && time.hotBuffer() >= 0 && time.routing() >= 0);
  }

  @Test
  void search_workOfAnExactSearch_countsEveryLiveVectorOnce() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.LOSSLESS);
    SearchResult.Work work = collection.search(SearchRequest.of(random.next(), 1).exact()).work();
    assertEquals(collection.size(), work.vectorsScored());
    assertEquals(0, work.codesScanned());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void search_equalVectors_comeInOrderOfIdWhereverTheyLie(Compression compression) {
    var options = new CollectionOptions(DIMENSION, Metric.DOT, compression);
    VectorCollection collection = Memryx.inMemory().collection("test", options);
    float[] same = random.next();
    List<Entry> entries = new ArrayList<>(random.entries(0, ENTRIES));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      // Neither the order of upserts nor that of UTF-16: code points beyond the first plane.
      String id = (i % 3 == 0 ? "\ud83d\ude00" : i % 3 == 1 ? "\uffee" : "b") + (i * 7) % 40;
      ids.add(id);
      entries.add((i * 1_003) % ENTRIES, Entry.of(id, same));
    }
    ids.sort(Comparator.comparing(id -> id.codePoints().boxed().toList(), SearchTest::compare));
    float[] query = same.clone();
    collection.upsert(entries);
    BuildReport _ = collection.build(BuildRequest.defaults().withSeed(5));
    List<Neighbor> built = tied(collection, query);
    assertEquals(ids.subList(0, 12), built.stream().map(Neighbor::id).toList());
    List<Neighbor> restored = tied(RestoredCollection.of(collection.snapshot()), query);
    assertEquals(built, restored);
    // Some of them, with the same vector, in the hot buffer now.
    for (int i = 0; i < 40; i += 2) {
      collection.upsert(List.of(Entry.of(ids.get(i), same)));
    }
    List<String> mixed = tied(collection, query).stream().map(Neighbor::id).toList();
    if (compression == Compression.LOSSLESS) {
      assertEquals(ids.subList(0, 12), mixed);
    } else {
      // Codes score a little off; those of equal score are in order still.
      List<String> exactly = ids.stream().filter(mixed::contains).toList();
      assertEquals(
          exactly.stream().filter(id -> ids.indexOf(id) % 2 == 0).toList(),
          mixed.stream().filter(id -> ids.indexOf(id) % 2 == 0).toList());
    }
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    return Arrays.compare(
        a.stream().mapToInt(Integer::intValue).toArray(),
        b.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The first dozen of those that have the query's own vector. */
  private static List<Neighbor> tied(VectorCollection collection, float[] query) {
    return collection
        .search(SearchRequest.of(query, 12).exact().withFilter(Filter.not(Filter.exists("number"))))
        .neighbors();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void searchAll_anyRequests_givesWhatSinglesGive(Compression compression) {
    for (Metric metric : Metric.values()) {
      VectorCollection collection = mixed(metric, compression);
      List<SearchRequest> requests = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        SearchRequest request =
            i % 5 == 0
                ? SearchRequest.like(i % 2 == 0 ? "" + (100 + i) : "hot" + i % 60, 1 + i % 20)
                : SearchRequest.of(random.next(), 1 + i % 20);
        request = i % 7 == 0 ? request.exact() : request;
        request = i % 11 == 0 ? request.withProbes(1 + i) : request;
        request = i % 13 == 0 ? request.withFilter(Filter.lt("number", i)) : request;
        request = i % 17 == 0 ? request.withInclude(Set.of(Include.VECTOR)) : request;
        request = i % 19 == 0 ? request.without("hot5").withRerank(50) : request;
        requests.add(request);
      }
      List<SearchResult> together = collection.searchAll(requests);
      assertEquals(requests.size(), together.size());
      for (int i = 0; i < requests.size(); i++) {
        SearchResult single = collection.search(requests.get(i));
        assertSameResult(single, together.get(i), metric + ", request " + i);
      }
    }
  }

  /** To the bit. */
  private static void assertSameResult(SearchResult expected, SearchResult actual, String which) {
    assertEquals(expected.neighbors(), actual.neighbors(), which);
    assertEquals(expected.work().listsProbed(), actual.work().listsProbed(), which);
    assertEquals(expected.work().codesScanned(), actual.work().codesScanned(), which);
    assertEquals(expected.work().codesRanked(), actual.work().codesRanked(), which);
    assertEquals(expected.work().vectorsScored(), actual.work().vectorsScored(), which);
  }

  @Test
  void searchAll_faultyRequests_areAllNamedByTheirPositionAndNothingIsSearched() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.COMPACT);
    SearchRequest good = SearchRequest.of(random.next(), 1);
    List<SearchRequest> requests =
        List.of(
            good,
            SearchRequest.of(new float[3], 1),
            good,
            SearchRequest.like("nobody", 1),
            SearchRequest.of(new float[DIMENSION], 1));
    var e = assertThrows(ValidationException.class, () -> collection.searchAll(requests));
    assertEquals(List.of(1, 3, 4), e.violations().stream().map(Violation::index).toList());
    assertEquals(
        List.of(
            Violation.Code.DIMENSION_MISMATCH, Violation.Code.UNKNOWN_ID, Violation.Code.ZERO_NORM),
        e.violations().stream().map(Violation::code).toList());
  }

  @Test
  void searchAll_noneOrTooManyRequests_isRefused() {
    VectorCollection collection = small();
    SearchRequest request = SearchRequest.of(new float[] {1, 1}, 1);
    for (int count : new int[] {0, Limits.MAX_BATCH_SEARCHES + 1}) {
      List<SearchRequest> requests = Collections.nCopies(count, request);
      var e = assertThrows(ValidationException.class, () -> collection.searchAll(requests));
      assertEquals(Violation.Code.BAD_BATCH, code(e));
    }
    assertEquals(
        Limits.MAX_BATCH_SEARCHES,
        collection.searchAll(Collections.nCopies(Limits.MAX_BATCH_SEARCHES, request)).size());
  }

  @Test
  void searchAll_oneDeadlinePassed_endsTheBatch() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.COMPACT);
    SearchRequest patient = SearchRequest.of(random.next(), 1);
    SearchRequest hurried = patient.withDeadline(Duration.ofNanos(1));
    assertThrows(
        SearchTimeoutException.class,
        () -> collection.searchAll(List.of(patient.withDeadline(Duration.ofDays(1)), hurried)));
  }

  @Test
  void searchAll_emptyCollection_findsNothingForEach() {
    VectorCollection collection = Memryx.inMemory().collection("test", CollectionOptions.of(2));
    SearchRequest request = SearchRequest.of(new float[] {1, 1}, 3);
    List<SearchResult> results = collection.searchAll(List.of(request, request.exact()));
    assertEquals(2, results.size());
    results.forEach(result -> assertEquals(List.of(), result.neighbors()));
  }

  @ParameterizedTest
  @CsvSource({"COMPACT, 0.8", "BALANCED, 0.8", "LOSSLESS, 0.8"})
  void recall_builtCollection_isThatOfItsSearches(Compression compression, double least) {
    VectorCollection collection = mixed(Metric.COSINE, compression);
    RecallReport report = collection.recall(RecallRequest.of(100, 10));
    assertEquals(100, report.sample());
    assertEquals(10, report.k());
    assertTrue(report.recall() >= least && report.recall() <= 1, report.toString());
    assertTrue(report.p50Millis() > 0 && report.p50Millis() <= report.p95Millis());
    RecallReport again = collection.recall(RecallRequest.of(100, 10));
    assertEquals(report.recall(), again.recall());
  }

  @Test
  void recall_sampleOfAll_isWhatSearchesOfAllFind() {
    VectorCollection collection = mixed(Metric.L2, Compression.LOSSLESS);
    Filter few = Filter.lt("number", 60);
    long found = 0;
    long there = 0;
    for (int i = 0; i < 60; i++) {
      for (String id : List.of("" + i, "hot" + i)) {
        if (collection.contains(id)) {
          SearchRequest request = SearchRequest.like(id, 5).withFilter(few);
          Set<String> truth = new HashSet<>(ids(collection.search(request.exact())));
          there += truth.size();
          truth.retainAll(ids(collection.search(request)));
          found += truth.size();
        }
      }
    }
    RecallReport report = collection.recall(RecallRequest.of(10_000, 5).withFilter(few));
    assertEquals(118, report.sample());
    assertEquals((double) found / there, report.recall());
  }

  @Test
  void recall_hotBufferAlone_isWhole() {
    VectorCollection collection =
        Memryx.inMemory().collection("test", CollectionOptions.of(DIMENSION));
    collection.upsert(random.entries(0, 30));
    assertEquals(
        new RecallReport(40, 30, 1, 0, 0),
        withoutTimes(collection.recall(RecallRequest.of(64, 40))));
  }

  @Test
  void recall_nothingToFind_isWhole() {
    VectorCollection collection =
        Memryx.inMemory().collection("test", CollectionOptions.of(DIMENSION));
    RecallReport nothing = collection.recall(RecallRequest.of(10, 10));
    assertEquals(new RecallReport(10, 0, 1, 0, 0), nothing);
    collection.upsert(random.entries(0, 1));
    assertEquals(
        new RecallReport(3, 1, 1, 0, 0), withoutTimes(collection.recall(RecallRequest.of(10, 3))));
  }

  private static RecallReport withoutTimes(RecallReport report) {
    return new RecallReport(report.k(), report.sample(), report.recall(), 0, 0);
  }

  @Test
  void recall_fewListsProbed_isWhatWasMissedAndOfTheEntriesThatTheSeedChose() {
    VectorCollection collection = Memryx.inMemory().collection("test", CollectionOptions.of(8));
    // So many that not every list is probed.
    var vectors = new RandomVectors(12, 8, 40);
    collection.upsert(vectors.entries(0, 10_000));
    collection.upsert(vectors.entries(10_000, 7_000));
    BuildReport _ = collection.build(BuildRequest.defaults().withRoutingRecall(0.5));
    RecallRequest request = RecallRequest.of(300, 10);
    Set<Double> recalls = new HashSet<>();
    for (int seed = 1; seed < 6; seed++) {
      recalls.add(collection.recall(request.withSeed(seed)).recall());
    }
    assertTrue(recalls.size() > 1, recalls.toString());
    recalls.forEach(recall -> assertTrue(recall > 0.3 && recall < 0.95, recalls.toString()));
  }

  @Test
  void recall_pastItsDeadline_saysSo() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.COMPACT);
    RecallRequest request = RecallRequest.of(10, 10).withDeadline(Duration.ofNanos(1));
    assertThrows(SearchTimeoutException.class, () -> collection.recall(request));
  }

  @Test
  void recallRequest_outOfRange_isRefused() {
    for (int[] bad : new int[][] {{0, 1}, {1, 0}, {10_001, 1}, {1, 1_001}}) {
      assertThrows(ValidationException.class, () -> RecallRequest.of(bad[0], bad[1]));
    }
  }

  @Test
  void get_afterABuild_givesTheSameVectorAsASearch() {
    VectorCollection collection = mixed(Metric.COSINE, Compression.BALANCED);
    SearchRequest request = SearchRequest.like("9", 1).withInclude(Set.of(Include.VECTOR));
    Neighbor nearest = collection.search(request).neighbors().getFirst();
    assertArrayEquals(
        collection.get(nearest.id()).orElseThrow().vector(),
        nearest.entry().orElseThrow().vector());
  }
}
