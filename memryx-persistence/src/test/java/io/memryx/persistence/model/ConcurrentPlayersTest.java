package io.memryx.persistence.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Memryx;
import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.persistence.model.Setup.Base;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several threads on one collection, while another one builds. */
class ConcurrentPlayersTest {

  /** As many as there are combinations of metric, compression and keeping. */
  private static final int SETUPS = SequenceGenerator.SETUPS;

  @Test
  void writersOfDisjointIds_whileAnotherThreadBuilds_eachAgreeWithAMap() throws Exception {
    for (long seed = 0; seed < 4 * SETUPS; seed++) {
      playTogether(SequenceGenerator.setup(seed, Base.EMPTY), seed, 60);
    }
  }

  @Test
  void writersOfDisjointIdsInLists_whileAnotherThreadBuilds_eachAgreeWithAMap() throws Exception {
    for (long seed = 0; seed < SETUPS; seed++) {
      playTogether(SequenceGenerator.setup(seed, Base.CLUSTERED), seed, 20);
    }
  }

  private static void playTogether(Setup setup, long seed, int operations) throws Exception {
    var done = new AtomicBoolean();
    try (Home home = Home.of(setup);
        ExecutorService threads = Executors.newFixedThreadPool(Scope.OWNERS + 1)) {
      List<Player> players =
          IntStream.range(0, Scope.OWNERS)
              .mapToObj(owner -> new Player(setup, Scope.of(owner), home))
              .toList();
      Future<?> builder = threads.submit(() -> buildUntil(done, home.collection()));
      List<Future<?>> playing = new ArrayList<>();
      for (int owner = 0; owner < Scope.OWNERS; owner++) {
        Player player = players.get(owner);
        List<Operation> sequence =
            SequenceGenerator.shared(setup, seed * Scope.OWNERS + owner, operations);
        playing.add(threads.submit(() -> play(player, new Sequence(setup, sequence))));
      }
      try {
        for (Future<?> player : playing) {
          player.get();
        }
      } finally {
        done.set(true);
        builder.get();
      }
      players.forEach(Player::compareAll);
      home.collection().build(BuildRequest.defaults());
      home.restart(Operation.Ending.POWER_CUT);
      players.forEach(Player::compareAll);
      assertEquals(
          players.stream().mapToInt(Player::size).sum(), home.collection().size(), "seed " + seed);
    }
  }

  private static void play(Player player, Sequence sequence) {
    for (int i = 0; i < sequence.operations().size(); i++) {
      try {
        player.play(sequence.operations().get(i));
      } catch (RuntimeException | AssertionError e) {
        Sequence played = sequence.with(sequence.operations().subList(0, i + 1));
        throw new AssertionError("others played, too, when one played %s".formatted(played), e);
      }
    }
  }

  private static void buildUntil(AtomicBoolean done, VectorCollection collection) {
    while (!done.get()) {
      try {
        collection.build(BuildRequest.defaults());
      } catch (IllegalStateException _) {
        // A player builds.
      }
    }
  }

  @Test
  void searches_whileOthersUpsertDeleteAndBuild_neverSeeAMixture() throws Exception {
    int entries = 200;
    VectorCollection collection =
        Memryx.inMemory().collection("rounds", CollectionOptions.of(2).withMetric(Metric.DOT));
    collection.upsert(round(entries, 0));
    var stop = new AtomicBoolean();
    var started = new CountDownLatch(2);
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      Future<?> searcher =
          executor.submit(
              () -> {
                while (!stop.get()) {
                  assertOneRound(collection, entries);
                  started.countDown();
                }
              });
      Future<?> builder = executor.submit(() -> buildUntil(stop, collection));
      started.await();
      for (int round = 1; round <= 300; round++) {
        if (round % 3 == 0) {
          assertEquals(entries, collection.delete(Filter.missing("nowhere")));
        }
        collection.upsert(round(entries, round));
      }
      stop.set(true);
      searcher.get();
      builder.get();
    }
    assertEquals(entries, collection.size());
  }

  /** All entries in one batch, each telling the round in its first component. */
  private static List<Entry> round(int entries, int round) {
    return IntStream.range(0, entries)
        .mapToObj(i -> Entry.of("id" + i, new float[] {round, 1}))
        .toList();
  }

  private static void assertOneRound(VectorCollection collection, int entries) {
    List<Neighbor> neighbors =
        collection.search(SearchRequest.of(new float[] {1, 0}, entries + 50).exact()).neighbors();
    assertTrue(
        neighbors.isEmpty() || neighbors.size() == entries, () -> neighbors.size() + " neighbors");
    assertTrue(neighbors.stream().map(Neighbor::score).distinct().count() <= 1);
    assertEquals(neighbors.size(), neighbors.stream().map(Neighbor::id).distinct().count());
  }
}
