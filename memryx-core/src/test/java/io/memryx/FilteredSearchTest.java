package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches among the entries that pass a filter, against a plain map. */
class FilteredSearchTest {
  private static final int DIMENSION = 24;

  /** Enough for lists, with one bit a dimension at most: rows are told apart badly by them. */
  private static final int BUILT = 4_700;

  /** So many that not all lists are probed by default. */
  private static final int LARGE = 17_000;

  /** What a field "part" is below: thousandths of all entries. */
  private static final int PARTS = 1_000;

  private static VectorCollection large = Memryx.inMemory().collection("t", options());
  private static Map<String, Entry> largeModel = Map.of();

  private static CollectionOptions options() {
    return new CollectionOptions(DIMENSION, Metric.COSINE, Compression.LOSSLESS);
  }

  @BeforeAll
  static void buildLarge() {
    var source = new Source(5);
    largeModel = model(source.entries(0, LARGE));
    large = Memryx.inMemory().collection("large", options());
    upsert(large, largeModel);
    BuildReport built = large.build(BuildRequest.defaults());
    assertTrue(large.stats().index().defaultProbes() < built.lists() / 2);
  }

  /**
   * Entries with a random field "part", and a field "side": where the vector is along the first
   * axis.
   */
  private static final class Source {
    final SplittableRandom random;
    final RandomVectors vectors;

    Source(long seed) {
      this.random = new SplittableRandom(seed);
      this.vectors = new RandomVectors(seed, DIMENSION, 40);
    }

    List<Entry> entries(int first, int count) {
      List<Entry> entries = new ArrayList<>();
      for (int i = first; i < first + count; i++) {
        float[] vector = vectors.next();
        Metadata metadata =
            Metadata.builder()
                .put("part", random.nextInt(PARTS))
                .put("side", (double) vector[0])
                .build();
        entries.add(Entry.of("id" + i, vector, metadata));
      }
      return entries;
    }
  }

  private static Map<String, Entry> model(List<Entry> entries) {
    Map<String, Entry> model = new LinkedHashMap<>();
    entries.forEach(entry -> model.put(entry.id(), entry));
    return model;
  }

  private static void upsert(VectorCollection collection, Map<String, Entry> entries) {
    List<Entry> all = List.copyOf(entries.values());
    for (int from = 0; from < all.size(); from += Limits.MAX_BATCH_ENTRIES) {
      collection.upsert(all.subList(from, Math.min(all.size(), from + Limits.MAX_BATCH_ENTRIES)));
    }
  }

  private static Map<String, Entry> passing(Map<String, Entry> model, Filter filter) {
    Map<String, Entry> passing = new LinkedHashMap<>(model);
    passing.values().removeIf(entry -> !filter.matches(entry.metadata()));
    return passing;
  }

  private static Set<String> ids(SearchResult result) {
    return result.neighbors().stream().map(Neighbor::id).collect(Collectors.toSet());
  }

  /** The k best by definition. */
  private static Set<String> truth(Map<String, Entry> entries, float[] query, int k) {
    return entries.values().stream()
        .map(entry -> Scored.of(query, entry))
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .limit(k)
        .map(Scored::id)
        .collect(Collectors.toSet());
  }

  private record Scored(String id, double score) {
    static Scored of(float[] query, Entry entry) {
      return new Scored(entry.id(), RandomVectors.score(Metric.COSINE, query, entry.vector()));
    }
  }

  static List<CollectionOptions> everyKind() {
    List<CollectionOptions> kinds = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      for (Compression compression : Compression.values()) {
        kinds.add(new CollectionOptions(DIMENSION, metric, compression));
      }
    }
    return kinds;
  }

  private static List<Filter> everySelectivity() {
    List<Filter> filters = new ArrayList<>();
    for (int parts : new int[] {0, 1, 10, 100, 300, 500, 900, PARTS}) {
      filters.add(Filter.lt("part", parts));
    }
    filters.add(Filter.exists("nowhere"));
    filters.add(Filter.gt("side", 1.5));
    filters.add(Filter.lt("side", 0).and(Filter.gte("part", 400)));
    filters.add(Filter.not(Filter.lt("part", 500).or(Filter.gt("side", 0))));
    return filters;
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void search_anyFilter_findsMinOfKAndMatches_alsoAmongTombstonesAndInTheHotBuffer(
      CollectionOptions options) {
    long seed = 11;
    var source = new Source(seed);
    VectorCollection collection = Memryx.inMemory().collection("law", options);
    Map<String, Entry> model = model(source.entries(0, BUILT));
    upsert(collection, model);
    holdsTheLaw(collection, model, source, "hot, seed " + seed);
    collection.build(BuildRequest.defaults());
    holdsTheLaw(collection, model, source, "built, seed " + seed);
    Map<String, Entry> late = model(source.entries(BUILT - 100, 400));
    upsert(collection, late);
    model.putAll(late);
    List<String> gone = model.keySet().stream().filter(_ -> source.random.nextBoolean()).toList();
    assertEquals(gone.size(), collection.delete(gone));
    gone.forEach(model::remove);
    holdsTheLaw(collection, model, source, "half deleted, seed " + seed);
    collection.build(BuildRequest.defaults());
    holdsTheLaw(collection, model, source, "built again, seed " + seed);
  }

  private static void holdsTheLaw(
      VectorCollection collection, Map<String, Entry> model, Source source, String when) {
    for (Filter filter : everySelectivity()) {
      Map<String, Entry> matches = passing(model, filter);
      assertEquals(matches.size(), collection.count(filter), when + ", " + filter);
      for (int k : new int[] {1, 10, 700}) {
        float[] query = source.vectors.next();
        SearchRequest request = SearchRequest.of(query, k).withFilter(filter);
        for (SearchRequest each :
            List.of(request, request.withProbes(1), request.withRerank(1), request.exact())) {
          String what = "k " + k + ", " + when + ", " + filter;
          SearchResult result = collection.search(each);
          assertEquals(Math.min(k, matches.size()), result.neighbors().size(), what);
          Set<String> found = ids(result);
          assertEquals(result.neighbors().size(), found.size(), what);
          assertTrue(matches.keySet().containsAll(found), what);
          int matched = result.work().matched();
          assertTrue(matched == -1 || matched == matches.size(), matched + " matched, " + what);
        }
      }
    }
  }

  @Test
  void search_noTombstones_tellsHowManyEntriesPass() {
    Filter filter = Filter.lt("part", 300);
    SearchResult result =
        large.search(SearchRequest.of(new Source(1).vectors.next(), 3).withFilter(filter));
    assertEquals(passing(largeModel, filter).size(), result.work().matched());
  }

  @ParameterizedTest
  @CsvSource({"3", "30", "60"})
  void search_fewMatchesOfLossless_isBruteForce(int parts) {
    Filter filter = Filter.lt("part", parts);
    Map<String, Entry> matches = passing(largeModel, filter);
    var source = new Source(parts);
    for (int i = 0; i < 30; i++) {
      float[] query = source.vectors.next();
      SearchResult result = large.search(SearchRequest.of(query, 10).withFilter(filter));
      assertEquals(truth(matches, query, 10), ids(result), "query " + i + ", parts " + parts);
      assertEquals(0, result.work().codesScanned());
    }
  }

  @Test
  void search_exactWithFilter_isBruteForceAtAnySelectivity() {
    var source = new Source(3);
    for (Filter filter : everySelectivity()) {
      Map<String, Entry> matches = passing(largeModel, filter);
      float[] query = source.vectors.next();
      SearchRequest request = SearchRequest.of(query, 20).withFilter(filter).exact();
      assertEquals(truth(matches, query, 20), ids(large.search(request)), filter.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"100", "200", "500", "900", "1000"})
  void search_manyMatches_hasNoLessRecallThanWithoutFilter(int parts) {
    Filter filter = Filter.lt("part", parts);
    double unfiltered = recall(Filter.exists("part"), SearchKind.UNFILTERED);
    double filtered = recall(filter, SearchKind.FILTERED);
    // 100 queries, each neighbor a thousandth.
    assertTrue(filtered >= unfiltered - 0.004, filtered + " filtered, without " + unfiltered);
  }

  private enum SearchKind {
    FILTERED,
    UNFILTERED
  }

  private static double recall(Filter filter, SearchKind kind) {
    Map<String, Entry> matches = passing(largeModel, filter);
    var source = new Source(77);
    int found = 0;
    for (int i = 0; i < 100; i++) {
      float[] query = source.vectors.next();
      SearchRequest request = SearchRequest.of(query, 10);
      SearchResult result =
          large.search(kind == SearchKind.FILTERED ? request.withFilter(filter) : request);
      assertTrue(result.work().codesScanned() > 0);
      Set<String> common = new HashSet<>(truth(matches, query, 10));
      common.retainAll(ids(result));
      found += common.size();
    }
    return found / 1_000.0;
  }

  /** Everything that passes lies on the other side of the origin than the query. */
  @ParameterizedTest
  @CsvSource({"-0.5", "-1", "-1.5"})
  void search_allMatchesInListsFarFromTheQuery_areFoundByGoingOn(double side) {
    Filter filter = Filter.lt("side", side);
    Map<String, Entry> matches = passing(largeModel, filter);
    assertTrue(matches.size() > 1_000, matches.size() + " matches");
    var source = new Source(9);
    int found = 0;
    for (int i = 0; i < 50; i++) {
      float[] query = source.vectors.next();
      query[0] = 4;
      SearchResult result = large.search(SearchRequest.of(query, 10).withFilter(filter));
      assertEquals(10, result.neighbors().size());
      Set<String> common = new HashSet<>(truth(matches, query, 10));
      common.retainAll(ids(result));
      found += common.size();
      // However few probes are asked for, there are as many neighbors.
      SearchRequest one = SearchRequest.of(query, 500).withFilter(filter).withProbes(1);
      assertEquals(500, ids(large.search(one)).size());
    }
    // Without a filter it is 0.85 of the neighbors of ordinary queries.
    assertTrue(found >= 0.9 * 500, found + " of 500");
  }

  @Test
  void search_withMinScoreAndExcludedId_leavesThoseOutAmongMatchesOnly() {
    Filter filter = Filter.lt("part", 500);
    Map<String, Entry> matches = passing(largeModel, filter);
    Entry start = matches.values().iterator().next();
    SearchRequest request =
        SearchRequest.of(start.vector(), 10).withFilter(filter).without(start.id());
    SearchResult result = large.search(request);
    assertEquals(10, result.neighbors().size());
    assertTrue(!ids(result).contains(start.id()));
    float fifth = result.neighbors().get(4).score();
    assertEquals(
        result.neighbors().subList(0, 5), large.search(request.withMinScore(fifth)).neighbors());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void delete_byFilter_removesWhatPassesEverywhereAndNothingElse(Compression compression) {
    var source = new Source(21);
    VectorCollection collection =
        Memryx.inMemory()
            .collection("d", new CollectionOptions(DIMENSION, Metric.COSINE, compression));
    Map<String, Entry> model = model(source.entries(0, BUILT));
    upsert(collection, model);
    collection.build(BuildRequest.defaults());
    Map<String, Entry> late = model(source.entries(BUILT - 50, 200));
    upsert(collection, late);
    model.putAll(late);
    for (Filter filter : List.of(Filter.lt("part", 5), Filter.gt("part", 600))) {
      int expected = passing(model, filter).size();
      assertEquals(expected, collection.count(filter));
      assertEquals(expected, collection.delete(filter));
      assertEquals(0, collection.count(filter));
      assertEquals(0, collection.delete(filter));
      model.keySet().removeAll(passing(model, filter).keySet());
      assertEquals(model.size(), collection.size());
      SearchRequest request = SearchRequest.of(source.vectors.next(), 5);
      assertEquals(List.of(), collection.search(request.withFilter(filter)).neighbors());
    }
    assertTrue(model.keySet().stream().allMatch(collection::contains));
  }

  @Test
  void bitmaps_areThereFromTheFirstFilterOn_andAfterBuildsAtOnce() {
    var source = new Source(31);
    VectorCollection collection = Memryx.inMemory().collection("b", options());
    upsert(collection, model(source.entries(0, BUILT)));
    collection.build(BuildRequest.defaults());
    assertEquals(0, collection.stats().bytes().bitmaps());
    long total = collection.stats().bytes().total();
    assertTrue(collection.count(Filter.lt("part", 100)) > 0);
    long bitmaps = collection.stats().bytes().bitmaps();
    assertTrue(bitmaps > 2L * BUILT, bitmaps + " bytes");
    assertEquals(total + bitmaps, collection.stats().bytes().total());
    collection.upsert(source.entries(BUILT, 1));
    collection.build(BuildRequest.defaults());
    assertTrue(collection.stats().bytes().bitmaps() > 2L * BUILT);
  }

  @Test
  void firstFilters_fromSeveralThreadsAtOnce_findTheSame() throws Exception {
    var source = new Source(41);
    VectorCollection collection = Memryx.inMemory().collection("c", options());
    upsert(collection, model(source.entries(0, BUILT)));
    float[] query = source.vectors.next();
    Filter filter = Filter.lt("part", 500).and(Filter.gt("side", 0));
    for (int round = 0; round < 5; round++) {
      collection.upsert(source.entries(0, 1));
      collection.build(BuildRequest.defaults());
      int threads = 4;
      var start = new CyclicBarrier(threads);
      List<Future<List<Neighbor>>> answers = new ArrayList<>();
      try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
        for (int thread = 0; thread < threads; thread++) {
          answers.add(
              executor.submit(
                  () -> {
                    start.await();
                    SearchRequest request = SearchRequest.of(query, 50).withFilter(filter);
                    return collection.search(request).neighbors();
                  }));
        }
      }
      for (Future<List<Neighbor>> answer : answers) {
        assertEquals(50, answer.get().size());
        assertEquals(answers.getFirst().get(), answer.get());
      }
    }
  }
}
