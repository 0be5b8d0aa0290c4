package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random operations on a collection against a plain map with brute force. */
class CollectionModelTest {
  private static final int DIMENSION = 5;

  /** Small numbers of ids, so that replacements are the rule. */
  private static final int FEW_IDS = 150;

  /** Enough for lists. */
  private static final int MANY_IDS = 4_600;

  @Test
  void randomOperations_alsoDuringBuilds_agreeWithAMap() {
    for (long seed = 0; seed < 300; seed++) {
      new Run(seed, FEW_IDS).play(30);
    }
  }

  @Test
  void randomOperations_onEnoughForLists_agreeWithAMap() {
    // Twelve in a row are three compressions and metrics at least once.
    for (long seed = 0; seed < 12; seed++) {
      new Run(seed, MANY_IDS).play(14);
    }
  }

  /** One sequence of operations. */
  private static final class Run {
    private final long seed;
    private final SplittableRandom random;
    private final RandomVectors vectors;
    private final int ids;
    private final Metric metric;
    private final Compression compression;
    private final VectorCollection collection;
    private final Map<String, Entry> model = new HashMap<>();

    Run(long seed, int ids) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.vectors = new RandomVectors(seed, DIMENSION, 4);
      this.ids = ids;
      this.metric = List.of(Metric.values()).get((int) (seed % 3));
      this.compression = List.of(Compression.values()).get((int) (seed / 3 % 3));
      this.collection =
          Memryx.inMemory()
              .collection("model", new CollectionOptions(DIMENSION, metric, compression));
    }

    void play(int steps) {
      if (ids >= MANY_IDS) {
        upsert(IntStream.range(0, MANY_IDS - 300).toArray());
        build();
      }
      for (int step = 0; step < steps; step++) {
        switch (random.nextInt(5)) {
          case 0, 1 -> upsert();
          case 2 -> build();
          case 3 -> get();
          default -> search();
        }
      }
      assertEquals(model.size(), collection.stats().vectors(), "seed " + seed);
    }

    private void upsert() {
      upsert(random.ints(random.nextInt(1, 40), 0, ids).toArray());
    }

    private void upsert(int... numbers) {
      List<Entry> batch = new ArrayList<>();
      int added = 0;
      for (int number : numbers) {
        Entry entry =
            Entry.of(
                "id" + number,
                vectors.next(),
                Metadata.builder().put("n", random.nextInt()).build());
        batch.add(entry);
        added += model.put(entry.id(), entry) == null ? 1 : 0;
      }
      assertEquals(added, collection.upsert(batch).added(), "seed " + seed);
    }

    private void build() {
      boolean cancel = random.nextInt(4) == 0;
      var cancelled = new AtomicBoolean();
      BuildRequest request =
          BuildRequest.defaults()
              .withSeed(random.nextLong())
              .withProgress(
                  progress -> {
                    switch (random.nextInt(ids >= MANY_IDS ? 40 : 6)) {
                      case 0 -> upsert();
                      case 1 -> search();
                      case 2 -> get();
                      default -> cancelled.set(cancel);
                    }
                  })
              .withCancellation(cancelled::get);
      try {
        collection.build(request);
      } catch (BuildCancelledException e) {
        assertTrue(cancel, "seed " + seed);
      }
    }

    private void get() {
      String id = "id" + random.nextInt(ids);
      Entry expected = model.get(id);
      Entry actual = collection.get(id).orElse(null);
      if (expected == null || actual == null || isExact()) {
        assertEquals(expected, actual, "seed " + seed);
      } else {
        assertEquals(expected.metadata(), actual.metadata(), "seed " + seed);
        double error = -RandomVectors.score(Metric.L2, direction(expected), direction(actual));
        assertTrue(error < 0.01, () -> error + " from " + id + ", seed " + seed);
      }
    }

    /** Vectors are there as they were given. */
    private boolean isExact() {
      return compression == Compression.LOSSLESS || collection.stats().index().lists() == 0;
    }

    /** Under cosine codes stand for unit vectors. */
    private float[] direction(Entry entry) {
      float[] vector = entry.vector();
      if (metric == Metric.COSINE) {
        double length = Math.sqrt(RandomVectors.score(Metric.DOT, vector, vector));
        for (int d = 0; d < vector.length; d++) {
          vector[d] /= (float) length;
        }
      }
      return vector;
    }

    private void search() {
      float[] query = vectors.next();
      int k = random.nextInt(1, 30);
      Map<String, float[]> brute = new HashMap<>();
      model.forEach((id, entry) -> brute.put(id, entry.vector()));
      List<Double> expected = RandomVectors.bestScores(metric, query, brute, k);
      SearchRequest request = SearchRequest.of(query, k);
      List<Neighbor> found =
          collection
              .search(random.nextBoolean() ? request.exact() : request.withRerank(10_000))
              .neighbors();
      assertEquals(expected.size(), found.size(), "seed " + seed);
      assertEquals(
          expected.size(), found.stream().map(Neighbor::id).distinct().count(), "seed " + seed);
      for (int i = 0; i < found.size(); i++) {
        Neighbor neighbor = found.get(i);
        // So few dimensions get so many bits that even codes are near the truth.
        double tolerance = isExact() ? 1e-4 : metric == Metric.COSINE ? 0.02 : 0.3;
        assertEquals(expected.get(i), neighbor.score(), tolerance, "seed " + seed);
        Entry entry = Objects.requireNonNull(model.get(neighbor.id()));
        assertEquals(entry.metadata(), neighbor.metadata(), "seed " + seed);
        assertEquals(
            RandomVectors.score(metric, query, entry.vector()),
            neighbor.score(),
            tolerance,
            "seed " + seed);
      }
    }
  }

  @Test
  void searches_whileOthersUpsertAndBuild_neverSeeAMixture() throws Exception {
    int pairs = 200;
    VectorCollection collection =
        Memryx.inMemory().collection("pairs", CollectionOptions.of(2).withMetric(Metric.DOT));
    collection.upsert(pairBatch(pairs, 0));
    var stop = new AtomicBoolean();
    var started = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      Future<?> searcher =
          executor.submit(
              () -> {
                while (!stop.get()) {
                  assertOneRound(collection, pairs);
                  started.countDown();
                }
              });
      Future<?> builder =
          executor.submit(
              () -> {
                while (!stop.get()) {
                  collection.build(BuildRequest.defaults());
                }
              });
      started.await();
      for (int round = 1; round <= 300; round++) {
        collection.upsert(pairBatch(pairs, round));
      }
      stop.set(true);
      searcher.get();
      builder.get();
    }
    assertEquals(pairs, collection.stats().vectors());
  }

  /** All entries in one batch, each telling the round in its first component. */
  private static List<Entry> pairBatch(int count, int round) {
    List<Entry> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(Entry.of("id" + i, new float[] {round, 1}));
    }
    return batch;
  }

  private static void assertOneRound(VectorCollection collection, int count) {
    List<Neighbor> neighbors =
        collection.search(SearchRequest.of(new float[] {1, 0}, count + 50).exact()).neighbors();
    assertEquals(count, neighbors.size());
    assertEquals(1, neighbors.stream().map(Neighbor::score).distinct().count());
    assertEquals(count, neighbors.stream().map(Neighbor::id).distinct().count());
  }
}
