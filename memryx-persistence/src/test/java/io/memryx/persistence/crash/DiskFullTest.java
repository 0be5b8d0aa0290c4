package io.memryx.persistence.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.StoreOptions;
import io.memryx.VectorStore;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.crash.AckJournal.Count;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.file.StoreOnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks of many sizes, all too small: the store refuses what does not fit, keeps what it has, and
 * goes on when there is room again, without being opened anew.
 */
class DiskFullTest {
  private static final int SIZES = Integer.getInteger("memryx.crash.sizes", 8);
  private static final long SEED = Long.getLong("memryx.crash.seed", System.nanoTime());
  private static final long LARGEST_KIB = 8 << 10;
  private static final long ROOMY_KIB = LARGEST_KIB * 16;

  /** More than the largest disk takes. */
  private static final long STEPS_TO_FILL = 1_000;

  /** With two builds of each collection. */
  private static final long STEPS_WITH_ROOM = 20;

  @TempDir Path directory;

  @BeforeEach
  void requireTools() {
    Shell.requireRootAnd(MemoryVolume.PROGRAMS);
  }

  @Test
  void diskFull_atAnySize_losesNothingAndGoesOnWithRoom() throws IOException {
    long begin = System.nanoTime();
    var sum = new Oracle.Verdict();
    long refused = 0;
    for (int i = 1; i <= SIZES; i++) {
      long kibibytes = LARGEST_KIB * i / SIZES;
      refused += fill(kibibytes, sum);
    }
    Report.line(
        "disk full (seed %d): %d sizes up to %d KiB, %d changes acknowledged, %d lost, %d"
            + " unexplained, %d refused for want of space; %.0f s",
        SEED,
        SIZES,
        LARGEST_KIB,
        sum.acknowledged(),
        sum.lost(),
        sum.wrong(),
        refused,
        (System.nanoTime() - begin) / 1e9);
    assertEquals(List.of(), sum.complaints());
    assertTrue(refused >= SIZES, "the disks should have been full: " + refused);
  }

  /** Gives how many steps were refused for want of space. */
  private long fill(long kibibytes, Oracle.Verdict sum) throws IOException {
    var oracle = new Oracle(new Script(SEED + kibibytes, 64, 10_000, 400));
    try (MemoryVolume volume = MemoryVolume.make(directory, kibibytes)) {
      Path store = volume.root().resolve("store");
      try (SnapshotStore snapshots = open(store);
          VectorStore vectors = DurableVectorStore.open(snapshots, "", StoreOptions.defaults())) {
        long refused = work(vectors, oracle, store, STEPS_TO_FILL, "full-" + kibibytes, sum);
        volume.resize(ROOMY_KIB);
        long later = work(vectors, oracle, store, STEPS_WITH_ROOM, "room-" + kibibytes, sum);
        sum.wrong(later, later + " steps refused though there is room, at " + kibibytes);
        return refused;
      } finally {
        sum.wrong(
            AfterCrash.read(store).equals(expected) ? 0 : 1,
            "after a restart something else is there, at " + kibibytes);
      }
    }
  }

  /** What was in memory when it was looked at last. */
  private Recovered expected = new Recovered(new TreeMap<>());

  private long work(
      VectorStore vectors, Oracle oracle, Path store, long steps, String name, Oracle.Verdict sum)
      throws IOException {
    Path notes = directory.resolve(name);
    try (AckJournal journal = AckJournal.open(notes)) {
      new Clients(oracle.order(store, notes).sequential(steps), vectors, journal).workInTurn();
      expected = Recovered.of(vectors);
      sum.add(oracle.judge(expected, journal));
      sum.wrong(
          journal.counted(Count.FAILED) + journal.counted(Count.FENCED),
          "failed though the disk is only full: " + name);
      return journal.counted(Count.FULL);
    } finally {
      Files.delete(notes);
    }
  }

  private static SnapshotStore open(Path store) {
    return StoreOnFiles.open(new DiskFiles(), store, UUID::randomUUID, DurabilityOptions.fsync());
  }

  @Test
  void readOnlyDisk_isRefusedWithTheReason() throws IOException {
    try (MemoryVolume volume = MemoryVolume.make(directory, LARGEST_KIB)) {
      Path store = volume.root().resolve("store");
      open(store).close();
      volume.makeReadOnly();
      PersistenceException e =
          assertThrows(StorageUnwritableException.class, () -> open(store).close());
      String message = String.valueOf(e.getMessage());
      assertTrue(message.toLowerCase(Locale.ROOT).contains("read-only"), message);
    }
  }

  @Test
  void noRoomAtAll_isRefusedAsFull() throws IOException {
    try (MemoryVolume volume = MemoryVolume.make(directory, 64)) {
      Files.write(volume.root().resolve("ballast"), new byte[60 << 10]);
      Path store = volume.root().resolve("store");
      assertThrows(
          StorageFullException.class,
          () -> {
            try (SnapshotStore snapshots = open(store);
                VectorStore vectors =
                    DurableVectorStore.open(snapshots, "", StoreOptions.defaults())) {
              var script = Script.ofSeed(SEED);
              for (int i = 0; i < 1_000; i++) {
                var ignored =
                    vectors
                        .collection("shared", script.options(0))
                        .upsert(List.of(script.entry("c0-" + i, 1)));
              }
            }
          });
    }
  }
}
