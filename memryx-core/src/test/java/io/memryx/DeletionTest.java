package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.memryx.BuildProgress.Phase;
import io.memryx.BuildReport.Method;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeletionTest {
  private static final int DIMENSION = 24;
  private static final long SEED = 11;

  private static final double MOST_BYTES = 1.02;

  private final RandomVectors vectors = new RandomVectors(SEED, DIMENSION, 40);
  private final VectorCollection docs = newCollection(Compression.COMPACT);

  private static VectorCollection newCollection(Compression compression) {
    System.out.println("seed " + SEED);
    return Memryx.inMemory()
        .collection("docs", CollectionOptions.of(DIMENSION).withCompression(compression));
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  private static BuildReport build(VectorCollection collection) {
    return collection.build(BuildRequest.defaults());
  }

  @Test
  void delete_anyPlace_isNotFoundByTheNextSearch() {
    List<Entry> entries = vectors.entries(0, 6_000);
    docs.upsert(entries.subList(0, 5_000));
    build(docs);
    docs.upsert(entries.subList(5_000, 6_000));
    assertEquals(4, docs.delete(List.of("17", "no such id", "5017", "17", "18", "5018")));
    assertEquals(5_996, docs.size());
    assertEquals(4, docs.stats().tombstones());
    for (int gone : new int[] {17, 18, 5_017, 5_018}) {
      assertFalse(docs.contains("" + gone));
      assertTrue(docs.get("" + gone).isEmpty());
      var request = SearchRequest.of(entries.get(gone).vector(), 10);
      List<Neighbor> found = docs.search(request).neighbors();
      assertEquals(10, found.size());
      assertTrue(found.stream().noneMatch(neighbor -> neighbor.id().equals("" + gone)));
    }
    assertEquals(0, docs.delete(List.of("17", "5017")));
    assertTrue(docs.contains("19"));
    assertTrue(docs.contains("5019"));
  }

  @Test
  void delete_idsThatNoEntryCanHave_arePassedOver() {
    docs.upsert(vectors.entries(0, 3));
    assertEquals(1, docs.delete(List.of("", "lone \ud800", "?", "a\u0000b", "1")));
    assertFalse(docs.contains(""));
    assertFalse(docs.contains("lone \ud800"));
    assertEquals(0, docs.delete(List.of()));
  }

  @Test
  void delete_aNullAmongTheIds_deletesNothing() {
    docs.upsert(vectors.entries(0, 3));
    assertThrows(NullPointerException.class, () -> docs.delete(Arrays.asList("0", null, "1")));
    assertEquals(3, docs.size());
  }

  @Test
  void upsert_aNullAmongTheEntries_appliesNothing() {
    List<Entry> entries = new ArrayList<>(vectors.entries(0, 3));
    entries.add(1, null);
    assertThrows(NullPointerException.class, () -> docs.upsert(entries));
    assertEquals(0, docs.size());
  }

  @Test
  void delete_moreIdsThanABatchMayHave_isOneStep() {
    docs.upsert(vectors.entries(0, 10_000));
    docs.upsert(vectors.entries(10_000, 10_000));
    assertEquals(20_000, docs.delete(ids(0, 30_000)));
    assertEquals(0, docs.size());
  }

  @Test
  void upsert_idTwiceInABatch_lastWins() {
    Entry first = Entry.of("a", vectors.next());
    Entry last = Entry.of("a", vectors.next());
    assertEquals(new UpsertResult(1, 0), docs.upsert(List.of(first, last)));
    assertEquals(last, docs.get("a").orElseThrow());
    assertEquals(1, docs.size());
  }

  @Test
  void delete_thenUpsertTheSameId_isAddedAnew() {
    List<Entry> entries = vectors.entries(0, 5_000);
    docs.upsert(entries);
    build(docs);
    for (int round = 0; round < 3; round++) {
      assertEquals(1, docs.delete(List.of("7")));
      Entry again = Entry.of("7", vectors.next());
      assertEquals(new UpsertResult(1, 0), docs.upsert(List.of(again)));
      assertEquals(again, docs.get("7").orElseThrow());
      assertEquals(
          "7", docs.search(SearchRequest.of(again.vector(), 1)).neighbors().getFirst().id());
      if (round == 1) {
        build(docs);
      }
    }
    assertEquals(5_000, docs.size());
    assertEquals(5_000, build(docs).vectors());
  }

  /** Runs something in the middle of a build. */
  private static BuildRequest during(Phase phase, Consumer<BuildProgress> action) {
    var done = new AtomicBoolean();
    return BuildRequest.defaults()
        .withProgress(
            progress -> {
              if (progress.phase() == phase && done.compareAndSet(false, true)) {
                action.accept(progress);
              }
            });
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTER", "ASSIGN", "COMMIT"})
  void delete_duringABuild_holdsInTheNewGeneration(Phase phase) {
    List<Entry> entries = vectors.entries(0, 9_500);
    docs.upsert(entries.subList(0, 4_500));
    build(docs);
    docs.delete(List.of("1", "2"));
    docs.upsert(entries.subList(4_500, 9_500));
    docs.delete(List.of("4501"));
    Entry again = Entry.of("4501", vectors.next());
    docs.build(
        BuildRequest.defaults()
            .withTraining(BuildRequest.Training.WHERE_NEEDED)
            .withProgress(
                during(
                        phase == Phase.CLUSTER ? Phase.ASSIGN : phase,
                        progress -> {
                          assertEquals(3, docs.delete(List.of("3", "4", "4502", "2")));
                          docs.upsert(List.of(again, Entry.of("1", vectors.next())));
                          assertEquals(1, docs.delete(List.of("1")));
                        })
                    .progress()));
    assertEquals(9_500 - 2 - 1 - 3 + 1, docs.size());
    for (String gone : List.of("1", "2", "3", "4", "4502")) {
      assertTrue(docs.get(gone).isEmpty(), gone);
    }
    assertEquals(again, docs.get("4501").orElseThrow());
    build(docs);
    assertEquals(9_495, docs.size());
    assertEquals(0, docs.stats().tombstones());
  }

  @Test
  void delete_duringABuildThatFails_holdsInTheThawedBuffer() {
    docs.upsert(vectors.entries(0, 1_000));
    docs.delete(List.of("1"));
    Entry again = Entry.of("1", vectors.next());
    assertThrows(
        IllegalStateException.class,
        () ->
            docs.build(
                during(
                    Phase.COMMIT,
                    progress -> {
                      docs.upsert(List.of(again, Entry.of("new", vectors.next())));
                      assertEquals(2, docs.delete(List.of("2", "new")));
                      throw new IllegalStateException("no build today");
                    })));
    assertEquals(999, docs.size());
    assertTrue(docs.get("2").isEmpty());
    assertTrue(docs.get("new").isEmpty());
    assertEquals(again, docs.get("1").orElseThrow());
    assertEquals(999, build(docs).vectors());
    assertEquals(again, docs.get("1").orElseThrow());
  }

  @Test
  void build_afterEverythingWasDeleted_isAnEmptyGeneration() {
    docs.upsert(vectors.entries(0, 5_000));
    build(docs);
    docs.upsert(vectors.entries(5_000, 10));
    docs.delete(ids(0, 5_010));
    assertEquals(List.of(), docs.search(SearchRequest.of(vectors.next(), 10)).neighbors());
    BuildReport report = build(docs);
    assertEquals(0, report.vectors());
    assertEquals(5_010, report.reclaimed());
    assertEquals(0, docs.stats().tombstones());
    assertEquals(0, docs.stats().bytes().tombstones());
    assertTrue(docs.stats().bytes().total() < 1_000, docs.stats().bytes().toString());
    assertEquals(List.of(), docs.search(SearchRequest.of(vectors.next(), 10)).neighbors());
    assertEquals(0, RestoredCollection.of(docs.snapshot()).size());
  }

  @Test
  void upsert_theSameIdsForEver_doesNotGrow() {
    List<Entry> entries = vectors.entries(0, 1_000);
    docs.upsert(entries);
    long most = 0;
    for (int round = 0; round < 60; round++) {
      assertEquals(new UpsertResult(0, 1_000), docs.upsert(entries));
      most = Math.max(most, docs.stats().bytes().total());
    }
    assertEquals(1_000, docs.size());
    assertTrue(most < 6L * 1_000 * (DIMENSION * 4 + 40), most + " bytes");
    assertEquals(entries.get(999), docs.get("999").orElseThrow());
  }

  @Test
  void delete_mostOfTheHotBuffer_givesItsMemoryBack() {
    docs.upsert(vectors.entries(0, 10_000));
    long before = docs.stats().bytes().total();
    docs.delete(ids(0, 9_900));
    assertTrue(docs.stats().bytes().total() < before / 10, docs.stats().bytes().toString());
    assertEquals(100, docs.size());
    assertTrue(docs.contains("9900"));
  }

  @Test
  void delete_ofManyIds_copiesNothingForEach() {
    docs.upsert(vectors.entries(0, 10_000));
    build(docs);
    List<String> ids = ids(0, 10_000);
    docs.delete(List.of("none"));
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertEquals(10_000, docs.delete(ids));
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // An array a text and rows: a page or a list copied for each would be over a kilobyte each.
    assertTrue(allocated < 10_000 * 200, allocated + " bytes");
  }

  @Test
  void stats_tombstones_areAComponentOfTheirOwn() {
    docs.upsert(vectors.entries(0, 5_000));
    build(docs);
    assertEquals(0, docs.stats().bytes().tombstones());
    docs.delete(List.of("3"));
    CollectionStats stats = docs.stats();
    assertEquals(1, stats.tombstones());
    assertTrue(stats.bytes().tombstones() > 0);
    assertTrue(stats.bytes().tombstones() <= 1_024, stats.bytes().toString());
    BuildReport report = build(docs);
    assertEquals(1, report.reclaimed());
    assertEquals(Method.EXTENDED, report.method());
    assertEquals(0, docs.stats().bytes().tombstones());
  }

  /** Entries that are alive again after every other one of them was deleted and a build. */
  private static VectorCollection halved(Compression compression, List<Entry> entries) {
    VectorCollection halved = newCollection(compression);
    halved.upsert(entries);
    build(halved);
    halved.delete(
        IntStream.range(0, entries.size())
            .filter(i -> i % 2 == 1)
            .mapToObj(i -> entries.get(i).id())
            .toList());
    BuildReport report = build(halved);
    assertEquals(entries.size() / 2, report.reclaimed());
    assertEquals(entries.size() / 2, halved.size());
    return halved;
  }

  private static VectorCollection fresh(Compression compression, List<Entry> entries) {
    VectorCollection fresh = newCollection(compression);
    fresh.upsert(entries);
    build(fresh);
    return fresh;
  }

  private static List<Entry> everyOther(List<Entry> entries) {
    return IntStream.range(0, entries.size())
        .filter(i -> i % 2 == 0)
        .mapToObj(entries::get)
        .toList();
  }

  @Test
  void build_lossless_halfDeleted_isAFreshIndexOfTheRest() {
    List<Entry> entries = vectors.entries(0, 10_000);
    VectorCollection halved = halved(Compression.LOSSLESS, entries);
    VectorCollection fresh = fresh(Compression.LOSSLESS, everyOther(entries));
    assertEquals(fresh.stats(), halved.stats());
    for (int q = 0; q < 50; q++) {
      SearchRequest request = SearchRequest.of(vectors.next(), 10);
      assertEquals(fresh.search(request).neighbors(), halved.search(request).neighbors());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"COMPACT", "BALANCED"})
  void build_codesOnly_halfDeleted_takesAndFindsAsMuchAsAFreshIndex(Compression compression) {
    List<Entry> entries = vectors.entries(0, 10_000);
    List<Entry> rest = everyOther(entries);
    VectorCollection halved = halved(compression, entries);
    VectorCollection fresh = fresh(compression, rest);
    double ratio = halved.stats().bytesPerVector() / fresh.stats().bytesPerVector();
    double found = recall(halved, rest);
    double foundFresh = recall(fresh, rest);
    System.out.printf(
        "%s: %.1f bytes a vector, fresh %.1f; recall@10 %.4f, fresh %.4f%n",
        compression,
        halved.stats().bytesPerVector(),
        fresh.stats().bytesPerVector(),
        found,
        foundFresh);
    assertTrue(ratio < MOST_BYTES, "bytes are " + ratio + " of those of a fresh index");
    assertTrue(found > foundFresh - 0.02, found + " of the neighbors, fresh " + foundFresh);
  }

  /** Share of the ten nearest of some random queries that are found. */
  private static double recall(VectorCollection collection, List<Entry> live) {
    var random = new RandomVectors(SEED + 1, DIMENSION, 40);
    Map<String, float[]> byId = live.stream().collect(Collectors.toMap(Entry::id, Entry::vector));
    int found = 0;
    int queries = 60;
    for (int q = 0; q < queries; q++) {
      float[] query = random.next();
      double tenth = RandomVectors.bestScores(Metric.COSINE, query, byId, 10).getLast();
      for (Neighbor neighbor : collection.search(SearchRequest.of(query, 10)).neighbors()) {
        float[] vector = Objects.requireNonNull(byId.get(neighbor.id()));
        found += RandomVectors.score(Metric.COSINE, query, vector) >= tenth ? 1 : 0;
      }
    }
    return found / (10.0 * queries);
  }
}
