package io.memryx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each compression keeps of the vectors, in answers and in bytes. */
class CompressionTest {
  private static final int DIMENSION = 32;
  private static final int ENTRIES = 5_000;
  private static final int QUERIES = 40;

  private static VectorCollection built(CollectionOptions options, List<Entry> entries) {
    VectorCollection collection = Memryx.inMemory().collection("test", options);
    collection.upsert(entries);
    BuildReport report = collection.build(BuildRequest.defaults());
    assertEquals(BuildReport.Method.TRAINED, report.method());
    return collection;
  }

  private static Map<String, float[]> vectors(List<Entry> entries) {
    Map<String, float[]> vectors = new HashMap<>();
    entries.forEach(entry -> vectors.put(entry.id(), entry.vector()));
    return vectors;
  }

  /** Entries with their positions as ids. */
  private static List<Entry> entries(List<float[]> vectors) {
    List<Entry> entries = new ArrayList<>();
    for (float[] vector : vectors) {
      entries.add(Entry.of("" + entries.size(), vector));
    }
    return entries;
  }

  private static List<String> ids(SearchResult result) {
    return result.neighbors().stream().map(Neighbor::id).toList();
  }

  private static List<String> trueIds(Metric metric, float[] query, Map<String, float[]> vectors) {
    Map<String, Double> scores = new HashMap<>();
    vectors.forEach((id, vector) -> scores.put(id, RandomVectors.score(metric, query, vector)));
    return scores.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(10)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Recall@10 of default searches, of those with many candidates, and of scans of all codes. */
  private record Recall(double routed, double wide, double exact) {}

  private static int hits(
      VectorCollection collection, SearchRequest request, List<String> expected) {
    return (int) ids(collection.search(request)).stream().filter(expected::contains).count();
  }

  private static Recall recall(
      VectorCollection collection, Map<String, float[]> vectors, List<float[]> queries) {
    int routed = 0;
    int wide = 0;
    int exact = 0;
    for (float[] query : queries) {
      List<String> expected = trueIds(collection.options().metric(), query, vectors);
      SearchRequest request = SearchRequest.of(query, 10);
      routed += hits(collection, request, expected);
      wide += hits(collection, request.withRerank(1_000), expected);
      exact += hits(collection, request.exact(), expected);
    }
    double all = 10.0 * queries.size();
    return new Recall(routed / all, wide / all, exact / all);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void search_eachCompression_findsWhatItsBytesAllow(Metric metric) {
    var random = new RandomVectors(21, DIMENSION, 40);
    List<Entry> entries = random.entries(0, ENTRIES);
    Map<String, float[]> vectors = vectors(entries);
    List<float[]> queries = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      queries.add(random.next());
    }
    Map<Compression, Recall> recalls = new HashMap<>();
    for (Compression compression : Compression.values()) {
      VectorCollection collection =
          built(new CollectionOptions(DIMENSION, metric, compression), entries);
      recalls.put(compression, recall(collection, vectors, queries));
    }
    Recall compact = Objects.requireNonNull(recalls.get(Compression.COMPACT));
    Recall balanced = Objects.requireNonNull(recalls.get(Compression.BALANCED));
    Recall lossless = Objects.requireNonNull(recalls.get(Compression.LOSSLESS));
    String all = metric + " " + recalls;
    assertEquals(1, lossless.exact(), all);
    assertTrue(lossless.wide() > 0.9 && lossless.routed() > 0.8, all);
    assertTrue(balanced.wide() > 0.72 && balanced.routed() > 0.7, all);
    assertTrue(compact.wide() > 0.5 && compact.routed() > 0.48, all);
    assertTrue(balanced.exact() > compact.exact() + 0.05, all);
  }

  @ParameterizedTest
  @CsvSource({"COMPACT, COSINE", "COMPACT, L2", "LOSSLESS, DOT"})
  void stats_compactAt384Dimensions_is121BytesAVector(Compression compression, Metric metric) {
    CollectionStats stats =
        built(
                new CollectionOptions(384, metric, compression),
                new RandomVectors(23, 384, 20).entries(0, 4_096))
            .stats();
    assertEquals(121, stats.index().codeBytes());
    assertEquals(121 * 4_096, stats.bytes().codes());
    assertEquals(compression == Compression.LOSSLESS, stats.bytes().originals() > 0);
    assertEquals(4_096, stats.index().trainedVectors());
    assertEquals(192, stats.index().lists());
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void get_codesOnly_givesTheVectorThatExactSearchScores(Metric metric) {
    var random = new RandomVectors(24, DIMENSION, 40);
    List<Entry> entries = random.entries(0, 4_200);
    VectorCollection collection =
        built(new CollectionOptions(DIMENSION, metric, Compression.BALANCED), entries);
    Entry hot = Entry.of("hot", random.next());
    collection.upsert(List.of(hot));
    assertEquals(hot, collection.get("hot").orElseThrow());
    float[] query = random.next();
    double length = metric == Metric.COSINE ? length(query) : 1;
    for (Neighbor neighbor :
        collection.search(SearchRequest.of(query, 1_000).exact()).neighbors()) {
      if (neighbor.id().equals("hot")) {
        continue;
      }
      Entry given = entries.get(Integer.parseInt(neighbor.id()));
      Entry entry = collection.get(neighbor.id()).orElseThrow();
      assertEquals(given.metadata(), entry.metadata());
      switch (metric) {
        case COSINE -> assertEquals(dot(query, entry.vector()) / length, neighbor.score(), 1e-3);
        case DOT -> {
          double score = dot(query, entry.vector());
          assertEquals(score, neighbor.score(), 1e-3 * Math.max(1, Math.abs(score)));
        }
        // Lengths are known better than the codes tell: near to the truth, not to the decoded.
        case L2 ->
            assertEquals(RandomVectors.score(metric, query, given.vector()), neighbor.score(), 8);
      }
    }
  }

  /**
   * Two clusters on either side of the mean, for then centroids are long, and what codes get wrong
   * must not count by that length.
   */
  @Test
  void search_l2ByStoredVectors_putsThemselvesAtNextToNoDistance() {
    List<float[]> vectors = random(DIMENSION, 4_200, 1);
    for (int i = 0; i < vectors.size(); i++) {
      vectors.get(i)[0] += i % 2 == 0 ? 30 : -30;
    }
    VectorCollection collection =
        built(CollectionOptions.of(DIMENSION).withMetric(Metric.L2), entries(vectors));
    double error = 0;
    double length = 0;
    for (int i = 0; i < 100; i++) {
      SearchRequest request = SearchRequest.of(vectors.get(i), 1).exact();
      Neighbor found = collection.search(request).neighbors().getFirst();
      float[] given = vectors.get(Integer.parseInt(found.id()));
      error += Math.abs(found.score() - RandomVectors.score(Metric.L2, vectors.get(i), given));
      length += RandomVectors.score(Metric.DOT, given, given);
    }
    assertTrue(error < 0.0025 * length, "mean error " + error / 100 + ", |x|² " + length / 100);
  }

  private static double dot(float[] a, float[] b) {
    return RandomVectors.score(Metric.DOT, a, b);
  }

  private static double length(float[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 9, 100, 1_025})
  void build_anyDimension_findsStoredVectors(int dimension) {
    int count = dimension > 1_000 ? 4_096 : 4_500;
    List<Entry> entries = new RandomVectors(25, dimension, 60).entries(0, count);
    // The longest ones once only: training takes the time.
    for (Compression compression :
        dimension > 1_000
            ? List.of(Compression.COMPACT)
            : List.of(Compression.COMPACT, Compression.LOSSLESS)) {
      VectorCollection collection =
          built(new CollectionOptions(dimension, Metric.L2, compression), entries);
      int first = 0;
      for (int i = 0; i < 50; i++) {
        Entry wanted = entries.get(i * 80);
        SearchRequest request = SearchRequest.of(wanted.vector(), 10).withRerank(2_000);
        SearchResult result = collection.search(request);
        assertEquals(10, result.neighbors().size());
        first += ids(result).contains(wanted.id()) ? 1 : 0;
      }
      assertTrue(first >= 45, compression + ": " + first + " of 50");
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void largestDimension_fewEntries_isScoredExactly(Metric metric) {
    var random = new RandomVectors(26, Limits.MAX_DIMENSION, 2);
    VectorCollection collection =
        Memryx.inMemory()
            .collection("test", CollectionOptions.of(Limits.MAX_DIMENSION).withMetric(metric));
    List<Entry> entries = random.entries(0, 40);
    collection.upsert(entries);
    BuildReport report =
        collection.build(
            BuildRequest.defaults().withMemoryBudget(4L * 40 * Limits.MAX_DIMENSION + 100_000));
    assertEquals(BuildReport.Method.KEPT_AS_IS, report.method());
    float[] query = random.next();
    assertEquals(
        trueIds(metric, query, vectors(entries)),
        ids(collection.search(SearchRequest.of(query, 10))));
  }

  /** Every compression and metric on vectors that leave nothing to learn or too much. */
  private static void assertServes(List<float[]> vectors, Metric metric) {
    List<Entry> entries = entries(vectors);
    for (Compression compression : Compression.values()) {
      var options = new CollectionOptions(vectors.getFirst().length, metric, compression);
      VectorCollection collection = built(options, entries);
      for (int i = 0; i < vectors.size(); i += 601) {
        for (SearchRequest request :
            List.of(
                SearchRequest.of(vectors.get(i), 5),
                SearchRequest.of(vectors.get(i), 5).withRerank(5_000),
                SearchRequest.of(vectors.get(i), 5).exact())) {
          List<Neighbor> found = collection.search(request).neighbors();
          assertEquals(5, found.size(), options.toString());
          for (Neighbor neighbor : found) {
            assertTrue(Float.isFinite(neighbor.score()), options + " " + neighbor);
          }
          double best = RandomVectors.score(metric, vectors.get(i), vectors.get(i));
          double scale = Math.abs(RandomVectors.score(Metric.DOT, vectors.get(i), vectors.get(i)));
          double tolerance = metric == Metric.COSINE ? 0.02 : 0.05 * scale + 1e-6;
          if (metric != Metric.DOT && (request.isExact() || request.rerank() > 0)) {
            assertEquals(best, found.getFirst().score(), tolerance, options.toString());
          }
        }
        float[] shown = collection.get("" + i).orElseThrow().vector();
        for (float component : shown) {
          assertTrue(Float.isFinite(component), options.toString());
        }
      }
      VectorCollection restored = RestoredCollection.of(collection.snapshot());
      assertEquals(collection.stats(), restored.stats());
      collection.upsert(entries.subList(0, 10));
      BuildReport report = collection.build(BuildRequest.defaults());
      assertEquals(BuildReport.Method.EXTENDED, report.method());
      assertTrue(Double.isFinite(report.drift()), options + " " + report);
      assertEquals(entries.size(), collection.stats().vectors());
    }
  }

  private static List<float[]> random(int dimension, int count, double scale) {
    var random = new SplittableRandom(dimension);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] vector = new float[dimension];
      for (int d = 0; d < dimension; d++) {
        vector[d] = (float) (random.nextGaussian() * scale);
      }
      vectors.add(vector);
    }
    return vectors;
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void build_allEqualVectors_serves(Metric metric) {
    float[] vector = {1, -2, 0.5f, 3, 0};
    assertServes(Collections.nCopies(4_100, vector), metric);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void build_constantDimensions_serves(Metric metric) {
    List<float[]> vectors = random(12, 4_200, 1);
    for (float[] vector : vectors) {
      Arrays.fill(vector, 3, 11, 0.25f);
    }
    assertServes(vectors, metric);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void build_duplicates_serves(Metric metric) {
    List<float[]> few = random(6, 3, 1);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < 4_200; i++) {
      vectors.add(few.get(i % 3));
    }
    assertServes(vectors, metric);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void build_oneNarrowClusterFarFromTheOrigin_serves(Metric metric) {
    List<float[]> vectors = random(9, 4_200, 1e-3);
    vectors.forEach(vector -> vector[0] += 100);
    assertServes(vectors, metric);
  }

  @ParameterizedTest
  @EnumSource(
      value = Metric.class,
      names = {"DOT", "L2"})
  void build_denormals_serves(Metric metric) {
    assertServes(random(9, 4_200, 1e-41), metric);
  }

  @ParameterizedTest
  @EnumSource(
      value = Metric.class,
      names = {"DOT", "L2"})
  void build_zeroVectors_serves(Metric metric) {
    assertServes(Collections.nCopies(4_100, new float[3]), metric);
  }

  @ParameterizedTest
  @EnumSource(
      value = Metric.class,
      names = {"DOT", "L2"})
  void build_zeroVectorsAmongOthers_serves(Metric metric) {
    List<float[]> vectors = random(7, 4_200, 1);
    for (int i = 0; i < vectors.size(); i += 3) {
      Arrays.fill(vectors.get(i), 0);
    }
    assertServes(vectors, metric);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void build_shortestAndLongestVectors_serves(Metric metric) {
    assertServes(random(9, 4_200, 2e-15), metric);
    assertServes(random(9, 4_200, 3e17), metric);
  }

  /** As long as they may be, most along few dimensions and some across them. */
  private static List<float[]> longest() {
    List<float[]> vectors = random(9, 4_200, 1);
    for (int i = 0; i < vectors.size(); i++) {
      float[] vector = vectors.get(i);
      for (int d = 2; d < vector.length; d++) {
        vector[d] *= i % 50 == 0 ? 1e3f : 1e-3f;
      }
      double scale = 3.1e18 / length(vector);
      for (int d = 0; d < vector.length; d++) {
        vector[d] = (float) (vector[d] * scale);
      }
    }
    return vectors;
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void search_longestVectors_returnsAsManyAsAreWantedWithFiniteScores(Metric metric) {
    List<float[]> vectors = longest();
    for (Compression compression : Compression.values()) {
      var options = new CollectionOptions(9, metric, compression);
      VectorCollection collection = built(options, entries(vectors));
      VectorCollection restored = RestoredCollection.of(collection.snapshot());
      for (int i = 0; i < 500; i += 25) {
        SearchRequest request = SearchRequest.of(vectors.get(i), Limits.MAX_K);
        List<Neighbor> found = collection.search(request).neighbors();
        assertEquals(Limits.MAX_K, found.size(), options.toString());
        for (Neighbor neighbor : found) {
          assertTrue(Float.isFinite(neighbor.score()), options + " " + neighbor);
        }
        assertEquals(found, restored.search(request).neighbors());
      }
    }
  }

  @Test
  void build_oneOrTwoVectors_serves() {
    for (int count : new int[] {1, 2}) {
      for (Compression compression : Compression.values()) {
        VectorCollection collection =
            Memryx.inMemory().collection("test", new CollectionOptions(4, Metric.L2, compression));
        List<Entry> entries = new RandomVectors(27, 4, 1).entries(0, count);
        collection.upsert(entries);
        assertEquals(count, collection.build(BuildRequest.defaults()).vectors());
        assertArrayEquals(entries.getFirst().vector(), collection.get("0").orElseThrow().vector());
        SearchRequest request = SearchRequest.of(entries.getFirst().vector(), 10).withProbes(99);
        assertEquals(count, collection.search(request).neighbors().size());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void search_kAndProbesBeyondWhatThereIs_returnsAllThereIs(Compression compression) {
    List<Entry> entries = new RandomVectors(28, 6, 10).entries(0, 4_100);
    VectorCollection collection =
        built(new CollectionOptions(6, Metric.COSINE, compression), entries);
    float[] query = entries.get(7).vector();
    SearchResult result =
        collection.search(SearchRequest.of(query, 1_000).withProbes(Integer.MAX_VALUE));
    assertEquals(1_000, ids(result).stream().distinct().count());
    assertEquals(collection.stats().index().lists(), result.work().listsProbed());
    assertEquals(4_100, result.work().codesScanned());
    SearchRequest most = SearchRequest.of(query, 1_000).withRerank(100_000).withProbes(1);
    assertEquals(1_000, ids(collection.search(most)).stream().distinct().count());
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"COMPACT", "BALANCED"})
  void build_fewerEntriesLeftThanLists_keepsTheLists(Compression compression) {
    CollectionOptions options = CollectionOptions.of(4).withCompression(compression);
    List<Entry> entries = new RandomVectors(3, 4, 5).entries(0, ENTRIES);
    VectorCollection collection = built(options, entries);
    int lists = collection.stats().index().lists();

    collection.delete(entries.subList(7, ENTRIES).stream().map(Entry::id).toList());
    collection.build(BuildRequest.defaults());
    VectorCollection restored = RestoredCollection.of(collection.snapshot());

    assertEquals(lists, collection.stats().index().lists());
    for (VectorCollection few : List.of(collection, restored)) {
      SearchResult found = few.search(SearchRequest.of(entries.getFirst().vector(), 10));
      assertEquals(7, found.neighbors().size());
      assertEquals(entries.getFirst().id(), found.neighbors().getFirst().id());
    }
  }

  @Test
  void search_smallCollection_scansEveryCode() {
    VectorCollection collection =
        built(CollectionOptions.of(6), new RandomVectors(29, 6, 10).entries(0, 4_100));
    CollectionStats.Index index = collection.stats().index();
    assertEquals(index.lists(), index.defaultProbes());
    assertEquals(1, index.routingRecall());
  }

  @Test
  void build_moreEntries_choosesFewerProbesForALowerTarget() {
    var random = new RandomVectors(30, 8, 200);
    int[] probes = new int[2];
    for (int i = 0; i < 2; i++) {
      VectorCollection collection =
          Memryx.inMemory().collection("test", new CollectionOptions(8, Metric.COSINE));
      var same = new RandomVectors(30, 8, 200);
      collection.upsert(same.entries(0, 9_000));
      collection.upsert(same.entries(9_000, 9_000));
      BuildReport _ =
          collection.build(BuildRequest.defaults().withRoutingRecall(i == 0 ? 0.7 : 0.99));
      CollectionStats.Index index = collection.stats().index();
      probes[i] = index.defaultProbes();
      assertTrue(index.routingRecall() >= (i == 0 ? 0.7f : 0.99f), index.toString());
      SearchResult result = collection.search(SearchRequest.of(random.next(), 10));
      assertEquals(probes[i], result.work().listsProbed());
    }
    assertTrue(probes[0] < probes[1] && probes[1] < 402, Arrays.toString(probes));
  }
}
