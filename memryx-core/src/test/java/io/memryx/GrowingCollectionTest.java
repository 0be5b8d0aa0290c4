package io.memryx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildProgress.Phase;
import io.memryx.BuildReport.Method;
import io.memryx.BuildRequest.Training;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Collections that are built, grow, and are built again. */
class GrowingCollectionTest {
  private static final int DIMENSION = 12;
  private static final int ENTRIES = 4_200;

  private final RandomVectors random = new RandomVectors(41, DIMENSION, 30);
  private final List<Entry> entries = random.entries(0, ENTRIES);

  private VectorCollection built(Metric metric, Compression compression) {
    VectorCollection collection =
        Memryx.inMemory().collection("test", new CollectionOptions(DIMENSION, metric, compression));
    collection.upsert(entries);
    assertEquals(Method.TRAINED, build(collection).method());
    return collection;
  }

  private static BuildReport build(VectorCollection collection) {
    return collection.build(BuildRequest.defaults());
  }

  /** Score by id of the best thousand. */
  private static Map<String, Float> scores(VectorCollection collection, float[] query) {
    Map<String, Float> scores = new HashMap<>();
    for (Neighbor neighbor :
        collection.search(SearchRequest.of(query, 1_000).exact()).neighbors()) {
      scores.put(neighbor.id(), neighbor.score());
    }
    return scores;
  }

  private static String first(VectorCollection collection, float[] query) {
    return collection
        .search(SearchRequest.of(query, 1).withRerank(2_000))
        .neighbors()
        .getFirst()
        .id();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void build_compactGrown_leavesOldCodesAsTheyWereToTheBit(Metric metric) {
    VectorCollection collection = built(metric, Compression.COMPACT);
    float[] query = random.next();
    Map<String, Float> before = scores(collection, query);
    Map<String, Entry> shown = new HashMap<>();
    for (int i = 0; i < ENTRIES; i += 7) {
      shown.put("" + i, collection.get("" + i).orElseThrow());
    }
    collection.upsert(random.entries(ENTRIES, 500));
    BuildReport report = build(collection);
    assertEquals(Method.EXTENDED, report.method());
    assertEquals(ENTRIES + 500, report.vectors());
    assertTrue(report.drift() > 0.9 && report.drift() < 1.1, report.toString());
    Map<String, Float> after = scores(collection, query);
    int compared = 0;
    for (Map.Entry<String, Float> old : before.entrySet()) {
      Float score = after.get(old.getKey());
      if (score != null) {
        assertEquals(old.getValue(), score);
        compared++;
      }
    }
    assertTrue(compared > 700, compared + " of the old best are there yet");
    shown.forEach((id, entry) -> assertEquals(entry, collection.get(id).orElseThrow()));
    assertEquals(ENTRIES, collection.stats().index().trainedVectors());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void build_grown_findsTheNewAndForgetsTheReplaced(Compression compression) {
    VectorCollection collection = built(Metric.L2, compression);
    List<Entry> newer = random.entries(ENTRIES - 100, 200);
    collection.upsert(newer);
    assertEquals(100, collection.stats().tombstones());
    assertEquals(Method.EXTENDED, build(collection).method());
    CollectionStats stats = collection.stats();
    assertEquals(0, stats.tombstones());
    assertEquals(0, stats.hotBuffer());
    assertEquals(ENTRIES + 100, stats.vectors());
    int found = 0;
    for (Entry entry : newer) {
      found += first(collection, entry.vector()).equals(entry.id()) ? 1 : 0;
      Entry shown = collection.get(entry.id()).orElseThrow();
      assertEquals(entry.metadata(), shown.metadata());
      if (compression == Compression.LOSSLESS) {
        assertEquals(entry, shown);
      }
    }
    assertTrue(found >= 180, found + " of 200");
  }

  @Test
  void build_compactManyTimesDoubled_neverEncodesADecodedVector() {
    VectorCollection collection = built(Metric.COSINE, Compression.COMPACT);
    Entry shown = collection.get("11").orElseThrow();
    for (int round = 1; round <= 3; round++) {
      collection.upsert(random.entries(round * ENTRIES, ENTRIES));
      BuildReport report = build(collection);
      assertEquals(Method.EXTENDED, report.method());
      assertEquals((round + 1) * ENTRIES, report.vectors());
    }
    assertEquals(shown, collection.get("11").orElseThrow());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void build_unlikeEntries_driftIsToldAndTrainedAnewWhereThatIsPossible(Compression compression) {
    VectorCollection collection = built(Metric.L2, compression);
    List<Entry> unlike = new ArrayList<>();
    for (Entry entry : new RandomVectors(42, DIMENSION, 5).entries(ENTRIES, 400)) {
      float[] vector = entry.vector();
      vector[0] += 20;
      unlike.add(Entry.of(entry.id(), vector));
    }
    collection.upsert(unlike);
    BuildReport report = build(collection);
    if (compression == Compression.LOSSLESS) {
      assertEquals(Method.TRAINED, report.method());
      assertEquals(ENTRIES + 400, collection.stats().index().trainedVectors());
    } else {
      assertEquals(Method.EXTENDED, report.method());
      assertTrue(report.drift() > 2, report.toString());
    }
    for (Entry entry : unlike.subList(0, 20)) {
      List<Neighbor> found =
          collection.search(SearchRequest.of(entry.vector(), 10).exact()).neighbors();
      assertTrue(
          found.stream().allMatch(neighbor -> Integer.parseInt(neighbor.id()) >= ENTRIES),
          found.toString());
    }
  }

  @Test
  void build_unlikeEntries_isDecidedBeforeAnythingIsDone() {
    VectorCollection collection = built(Metric.L2, Compression.LOSSLESS);
    collection.upsert(new RandomVectors(43, DIMENSION, 5).entries(ENTRIES, 400));
    List<BuildProgress> progress = new ArrayList<>();
    BuildReport report = collection.build(BuildRequest.defaults().withProgress(progress::add));
    assertEquals(Method.TRAINED, report.method());
    assertEquals(
        List.of(Phase.values()), progress.stream().map(BuildProgress::phase).distinct().toList());
    double percent = 0;
    for (BuildProgress step : progress) {
      assertTrue(step.percent() >= percent, step + " after " + percent);
      percent = step.percent();
    }
  }

  /** One shapeless cluster in few dimensions: centroids fit best what they were fitted to. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 64})
  void build_moreOfTheSame_isNoDrift(int dimension) {
    var same = new RandomVectors(44, dimension, 1);
    VectorCollection collection =
        Memryx.inMemory()
            .collection("test", new CollectionOptions(dimension, Metric.L2, Compression.LOSSLESS));
    collection.upsert(same.entries(0, ENTRIES));
    assertEquals(Method.TRAINED, build(collection).method());
    for (int round = 0; round < 3; round++) {
      collection.upsert(same.entries(ENTRIES + 800 * round, 800));
      BuildReport report = build(collection);
      assertEquals(Method.EXTENDED, report.method());
      assertTrue(report.drift() > 0.9 && report.drift() < 1.1, report.toString());
    }
  }

  @Test
  void build_losslessDoubled_isTrainedAnew() {
    VectorCollection collection = built(Metric.DOT, Compression.LOSSLESS);
    collection.upsert(random.entries(ENTRIES, 150));
    assertEquals(Method.EXTENDED, build(collection).method());
    collection.upsert(random.entries(ENTRIES + 150, ENTRIES - 150));
    assertEquals(Method.TRAINED, build(collection).method());
    CollectionStats.Index index = collection.stats().index();
    assertEquals(2 * ENTRIES, index.trainedVectors());
    assertEquals(275, index.lists());
    assertEquals(entries.get(5), collection.get("5").orElseThrow());
  }

  @Test
  void build_everyEntryReplaced_isTrainedAnewUnderCompactToo() {
    VectorCollection collection = built(Metric.COSINE, Compression.COMPACT);
    collection.upsert(random.entries(0, ENTRIES));
    assertEquals(ENTRIES, collection.stats().tombstones());
    assertEquals(Method.TRAINED, build(collection).method());
    assertEquals(0, collection.stats().tombstones());
  }

  @Test
  void build_trainingAlways_isRefusedWhereVectorsAreGoneAndChangesNothing() {
    VectorCollection collection = built(Metric.COSINE, Compression.COMPACT);
    collection.upsert(random.entries(ENTRIES, 10));
    CollectionStats before = collection.stats();
    BuildRequest always = BuildRequest.defaults().withTraining(Training.ALWAYS);
    var refused = assertThrows(IllegalStateException.class, () -> collection.build(always));
    String message = Objects.requireNonNull(refused.getMessage());
    assertTrue(message.contains("4200") && message.contains("LOSSLESS"), message);
    assertEquals(before.vectors(), collection.stats().vectors());
    assertEquals(10, collection.stats().hotBuffer());
    assertEquals(Method.EXTENDED, build(collection).method());
  }

  @Test
  void build_trainingAlways_trainsAnewWhereVectorsAreThere() {
    VectorCollection collection = built(Metric.COSINE, Compression.LOSSLESS);
    BuildRequest always = BuildRequest.defaults().withTraining(Training.ALWAYS);
    assertEquals(Method.TRAINED, collection.build(always).method());
    assertEquals(Method.EXTENDED, build(collection).method());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void build_smallCollectionThatReachesTheMinimum_isTrained(Compression compression) {
    VectorCollection collection =
        Memryx.inMemory()
            .collection("test", new CollectionOptions(DIMENSION, Metric.L2, compression));
    collection.upsert(entries.subList(0, 100));
    assertEquals(Method.KEPT_AS_IS, build(collection).method());
    assertEquals(entries.get(3), collection.get("3").orElseThrow());
    collection.upsert(entries.subList(100, 4_095));
    assertEquals(Method.KEPT_AS_IS, build(collection).method());
    collection.upsert(entries.subList(4_095, 4_096));
    BuildReport report = build(collection);
    assertEquals(Method.TRAINED, report.method());
    assertEquals(192, report.lists());
    assertEquals(4_096, collection.stats().vectors());
    assertEquals("77", first(collection, entries.get(77).vector()));
  }

  @Test
  void build_sameSeed_givesTheSameAnswers() {
    VectorCollection one = built(Metric.COSINE, Compression.COMPACT);
    VectorCollection other = built(Metric.COSINE, Compression.COMPACT);
    for (int i = 0; i < 20; i++) {
      SearchRequest request = SearchRequest.of(random.next(), 10);
      assertEquals(one.search(request).neighbors(), other.search(request).neighbors());
    }
    assertArrayEquals(one.get("9").orElseThrow().vector(), other.get("9").orElseThrow().vector());
  }
}
