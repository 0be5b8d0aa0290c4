package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildProgress.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Builds that end before they are done, and what is left of them: nothing. */
class InterruptedBuildTest {
  private static final int DIMENSION = 8;

  private final RandomVectors random = new RandomVectors(51, DIMENSION, 30);

  @AfterEach
  void clearInterrupt() {
    boolean _ = Thread.interrupted();
  }

  private VectorCollection filled(Compression compression, int count) {
    VectorCollection collection =
        Memryx.inMemory()
            .collection("test", new CollectionOptions(DIMENSION, Metric.COSINE, compression));
    for (int first = 0; first < count; first += 6_000) {
      collection.upsert(random.entries(first, Math.min(6_000, count - first)));
    }
    return collection;
  }

  private static BuildRequest cancelledIn(Phase phase) {
    var cancelled = new AtomicBoolean();
    return BuildRequest.defaults()
        .withProgress(progress -> cancelled.compareAndSet(false, progress.phase() == phase))
        .withCancellation(cancelled::get);
  }

  private static List<Entry> shown(VectorCollection collection) {
    List<Entry> shown = new ArrayList<>();
    for (int id = 0; id < collection.stats().vectors(); id += 250) {
      shown.add(collection.get("" + id).orElseThrow());
    }
    return shown;
  }

  @Test
  void build_cancelledInAnyPhaseOfAFirstBuild_losesNothing() {
    // Enough to calibrate.
    VectorCollection collection = filled(Compression.COMPACT, 16_500);
    List<Entry> before = shown(collection);
    for (Phase phase :
        List.of(Phase.CLUSTER, Phase.TRAIN, Phase.ASSIGN, Phase.ENCODE, Phase.CALIBRATE)) {
      var stopped =
          assertThrows(BuildCancelledException.class, () -> collection.build(cancelledIn(phase)));
      assertTrue(
          Objects.requireNonNull(stopped.getMessage()).contains(phase.toString()),
          stopped.getMessage());
      assertEquals(16_500, collection.stats().vectors());
      assertEquals(16_500, collection.stats().hotBuffer());
      assertEquals(CollectionStats.Index.NONE, collection.stats().index());
      assertEquals(before, shown(collection));
      collection.upsert(before.subList(0, 3));
    }
    assertEquals(16_500, collection.build(BuildRequest.defaults()).vectors());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void build_cancelledInAnyPhaseOfALaterBuild_losesNothing(Compression compression) {
    VectorCollection collection = filled(compression, 4_200);
    BuildReport _ = collection.build(BuildRequest.defaults());
    collection.upsert(random.entries(4_100, 200));
    List<Entry> before = shown(collection);
    SearchRequest request = SearchRequest.of(random.next(), 50);
    List<Neighbor> found = collection.search(request).neighbors();
    for (Phase phase : List.of(Phase.ASSIGN, Phase.ENCODE)) {
      assertThrows(BuildCancelledException.class, () -> collection.build(cancelledIn(phase)));
      assertEquals(4_300, collection.stats().vectors());
      assertEquals(100, collection.stats().tombstones());
      assertEquals(before, shown(collection));
      assertEquals(found, collection.search(request).neighbors());
    }
    assertEquals(4_300, collection.build(BuildRequest.defaults()).vectors());
    assertEquals(0, collection.stats().tombstones());
  }

  /** A way to end a build: by its request, or by an interrupt of its thread. */
  enum Stop {
    CANCELLED,
    INTERRUPTED;

    void stop(AtomicBoolean cancelled) {
      switch (this) {
        case CANCELLED -> cancelled.set(true);
        case INTERRUPTED -> Thread.currentThread().interrupt();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Stop.class)
  void build_stoppedWhenTheCommitIsAnnounced_commitsNothing(Stop how) {
    var commits = new AtomicInteger();
    VectorCollection collection =
        Memryx.collection(
            "test",
            new CollectionOptions(DIMENSION, Metric.COSINE),
            snapshot -> {
              commits.incrementAndGet();
              return Optional.empty();
            });
    collection.upsert(random.entries(0, 100));
    var cancelled = new AtomicBoolean();
    BuildRequest request =
        BuildRequest.defaults()
            .withCancellation(cancelled::get)
            .withProgress(
                progress -> {
                  if (progress.phase() == Phase.COMMIT) {
                    how.stop(cancelled);
                  }
                });
    var stopped = assertThrows(BuildCancelledException.class, () -> collection.build(request));
    assertTrue(
        Objects.requireNonNull(stopped.getMessage()).contains(Phase.COMMIT.toString()),
        stopped.getMessage());
    assertEquals(how == Stop.INTERRUPTED, Thread.interrupted());
    assertEquals(0, commits.get());
    assertEquals(100, collection.stats().hotBuffer());
    assertEquals(100, collection.build(BuildRequest.defaults()).vectors());
    assertEquals(1, commits.get());
  }

  @ParameterizedTest
  @EnumSource(Stop.class)
  void build_stoppedWhileItCommits_isBuiltAllTheSame(Stop how) {
    var cancelled = new AtomicBoolean();
    VectorCollection collection =
        Memryx.collection(
            "test",
            new CollectionOptions(DIMENSION, Metric.COSINE),
            snapshot -> {
              how.stop(cancelled);
              return Optional.empty();
            });
    collection.upsert(random.entries(0, 4_200));
    BuildReport report = collection.build(BuildRequest.defaults().withCancellation(cancelled::get));
    assertEquals(how == Stop.INTERRUPTED, Thread.interrupted());
    assertEquals(4_200, report.vectors());
    assertEquals(0, collection.stats().hotBuffer());
    assertEquals(194, collection.stats().index().lists());
  }

  @Test
  void build_beyondItsBudget_isRefusedBeforeAnythingIsDone() {
    var commits = new AtomicInteger();
    var options = new CollectionOptions(DIMENSION, Metric.COSINE);
    VectorCollection collection =
        Memryx.collection(
            "test",
            options,
            snapshot -> {
              commits.incrementAndGet();
              return Optional.empty();
            });
    collection.upsert(random.entries(0, 4_200));
    BuildReport _ = collection.build(BuildRequest.defaults());
    collection.upsert(random.entries(4_200, 100));
    CollectionStats before = collection.stats();
    SearchRequest request = SearchRequest.of(random.next(), 20);
    List<Neighbor> found = collection.search(request).neighbors();
    var told = new AtomicInteger();
    BuildRequest poor =
        BuildRequest.defaults()
            .withMemoryBudget(before.buildBytes() - 1)
            .withProgress(progress -> told.incrementAndGet());
    var refused = assertThrows(MemoryBudgetException.class, () -> collection.build(poor));
    String message = Objects.requireNonNull(refused.getMessage());
    assertTrue(message.contains("%,d".formatted(before.buildBytes())), message);
    assertEquals(0, told.get());
    assertEquals(1, commits.get());
    assertEquals(before, collection.stats());
    assertEquals(found, collection.search(request).neighbors());
    collection.build(BuildRequest.defaults().withMemoryBudget(before.buildBytes()));
    assertEquals(0, collection.stats().hotBuffer());
  }

  @Test
  void getAndUpsert_interruptedThread_answerAndStayInterrupted() {
    VectorCollection collection = filled(Compression.LOSSLESS, 4_200);
    BuildReport _ = collection.build(BuildRequest.defaults());
    Entry entry = collection.get("5").orElseThrow();
    Thread.currentThread().interrupt();
    assertEquals(entry, collection.get("5").orElseThrow());
    assertEquals(new UpsertResult(0, 1), collection.upsert(List.of(entry)));
    assertEquals(4_200, collection.stats().vectors());
    assertTrue(Thread.interrupted());
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"CLUSTER", "TRAIN", "ENCODE"})
  void build_interruptedThread_isCancelledAndStaysInterrupted(Phase phase) {
    VectorCollection collection = filled(Compression.COMPACT, 4_200);
    BuildRequest request =
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  if (progress.phase() == phase) {
                    Thread.currentThread().interrupt();
                  }
                });
    assertThrows(BuildCancelledException.class, () -> collection.build(request));
    assertTrue(Thread.interrupted());
    assertEquals(4_200, collection.stats().hotBuffer());
    assertFalse(collection.get("17").isEmpty());
    assertEquals(4_200, collection.build(BuildRequest.defaults()).vectors());
  }

  @Test
  void build_listenerThatThrows_endsTheBuildAndLosesNothing() {
    VectorCollection collection = filled(Compression.COMPACT, 4_200);
    BuildRequest request =
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  if (progress.phase() == Phase.ENCODE) {
                    throw new IllegalArgumentException("made up");
                  }
                });
    assertThrows(IllegalArgumentException.class, () -> collection.build(request));
    assertEquals(4_200, collection.stats().hotBuffer());
    assertEquals(4_200, collection.build(BuildRequest.defaults()).vectors());
  }
}
