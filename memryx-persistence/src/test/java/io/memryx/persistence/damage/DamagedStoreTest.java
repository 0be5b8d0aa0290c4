package io.memryx.persistence.damage;

import static io.memryx.persistence.damage.StoreUnderDamage.Outcome.IDENTICAL;
import static io.memryx.persistence.damage.StoreUnderDamage.Outcome.REFUSED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.damage.StoreUnderDamage.Outcome;
import io.memryx.persistence.damage.StoreUnderDamage.Size;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is found is what was written, whatever became of the files; or nothing is. */
class DamagedStoreTest {
  private static final int SECTOR_BYTES = 512;

  /** The last frame of a log that was closed. */
  private static final int MARKER_BYTES = 48;

  /**
   * One in so many bits and lengths of logs and snapshots is tried; the deep profile tries more. A
   * reader of its own tries all of them in every run.
   */
  private static final int STEP = Integer.getInteger("memryx.damage.step", 127);

  private static final int SECTOR_STEP = Math.min(3, STEP);

  /** A log of 32 KiB. */
  private final StoreUnderDamage store = StoreUnderDamage.of(new Size(8, 70));

  @Test
  void open_anyBitOfTheLogFlipped_isRefusedOrIdentical() {
    Path log = store.files("docs", "wal-").getLast();
    int used = used(store.bytes(log));
    assertTrue(used > 30 << 10 && used < 40 << 10, used + " bytes of log");
    Tally tally = tally(8 * store.bytes(log).length, STEP, (files, bit) -> files.flipped(log, bit));
    report("bits of a log of %,d bytes flipped".formatted(used), tally);
  }

  @Test
  void open_logOfAnyLength_isRefused() {
    Path log = store.files("docs", "wal-").getLast();
    int length = store.bytes(log).length;
    Tally tally = tally(length, STEP, (files, cut) -> files.cut(log, cut));
    report("lengths of a log", tally);
    assertEquals(0, tally.identical());
  }

  @Test
  void open_anyBitOfAManifestFlipped_isRefusedOrIdentical() {
    for (Path manifest : store.files("docs", "MANIFEST-")) {
      int bits = 8 * store.bytes(manifest).length;
      report(
          "bits of %s flipped".formatted(manifest.getFileName()),
          tally(bits, 1, (files, bit) -> files.flipped(manifest, bit)));
    }
  }

  @Test
  void open_manifestOfAnyLength_isRefusedOrIdentical() {
    for (Path manifest : store.files("docs", "MANIFEST-")) {
      report(
          "lengths of %s".formatted(manifest.getFileName()),
          tally(store.bytes(manifest).length, 1, (files, cut) -> files.cut(manifest, cut)));
    }
  }

  @Test
  void open_newestSnapshotDamagedAnywhere_fallsBackToIdenticalContents() {
    StoreUnderDamage large = StoreUnderDamage.of(new Size(180, 4));
    Path snapshot = large.newest("docs").snapshot();
    int bytes = large.bytes(snapshot).length;
    assertTrue(bytes > 64 << 10, bytes + " bytes");
    Tally flips = tally(large, 8 * bytes, STEP, (files, bit) -> files.flipped(snapshot, bit));
    report("bits of the newest snapshot of %,d bytes flipped".formatted(bytes), flips);
    assertEquals(0, flips.refused());
    Tally cuts = tally(large, bytes, STEP, (files, cut) -> files.cut(snapshot, cut));
    report("lengths of the newest snapshot", cuts);
    assertEquals(0, cuts.refused());
  }

  @Test
  void open_anyOneOrTwoFilesMissing_isRefusedOrIdentical() {
    List<Path> files = store.files("docs", "");
    Tally tally = Tally.NONE;
    for (int one = 0; one < files.size(); one++) {
      for (int other = one; other < files.size(); other++) {
        tally =
            tally.plus(
                Tally.of(
                    store.missing(
                        one == other
                            ? List.of(files.get(one))
                            : List.of(files.get(one), files.get(other)))));
      }
    }
    report("files or pairs of files missing", tally);
  }

  @Test
  void open_newestSegmentMissing_isRefused() {
    assertEquals(REFUSED, store.missing(List.of(store.files("docs", "wal-").getLast())));
  }

  @Test
  void open_newestSnapshotAndItsManifestMissing_isIdentical() {
    var newest = store.newest("docs");
    assertEquals(IDENTICAL, store.missing(List.of(newest.snapshot())));
    assertEquals(IDENTICAL, store.missing(List.of(newest.manifest())));
  }

  /** Where the last sector goes, the mark goes that tells what was durable. */
  @Test
  void open_anyTwoSectorsOfTheLogBeforeTheLastSwapped_isRefusedOrIdentical() {
    Path log = store.files("docs", "wal-").getLast();
    int sectors = (used(store.bytes(log)) - MARKER_BYTES) / SECTOR_BYTES;
    report(
        "pairs of sectors of a log swapped",
        tally(
            sectors * sectors,
            SECTOR_STEP,
            (files, pair) -> {
              byte[] bytes = files.bytes(log);
              swap(bytes, pair / sectors * SECTOR_BYTES, pair % sectors * SECTOR_BYTES);
              return files.replaced(Map.of(log, bytes));
            }));
  }

  private static void swap(byte[] bytes, int one, int other) {
    byte[] sector = Arrays.copyOfRange(bytes, one, one + SECTOR_BYTES);
    System.arraycopy(bytes, other, bytes, one, SECTOR_BYTES);
    System.arraycopy(sector, 0, bytes, other, SECTOR_BYTES);
  }

  @Test
  void open_fileReplacedByAnotherOfItsKind_isRefusedOrIdentical() {
    Tally tally = Tally.NONE;
    for (String kind : List.of("wal-", "MANIFEST-", "snap-")) {
      for (Path file : store.files("docs", kind)) {
        for (String from : List.of("docs", "others")) {
          for (Path other : store.files(from, kind)) {
            Outcome outcome = store.replaced(Map.of(file, store.bytes(other)));
            tally = tally.plus(Tally.of(outcome));
          }
        }
      }
    }
    report("files replaced by others", tally);
  }

  @Test
  void open_newestSegmentReplacedByAnOlderOrAnothersOne_isRefused() {
    Path log = store.files("docs", "wal-").getLast();
    List<Path> own = store.files("docs", "wal-");
    assertTrue(own.size() > 1, own.toString());
    assertEquals(REFUSED, store.replaced(Map.of(log, store.bytes(own.getFirst()))));
    Path others = store.files("others", "wal-").getLast();
    assertEquals(log.getFileName(), others.getFileName());
    assertEquals(REFUSED, store.replaced(Map.of(log, store.bytes(others))));
  }

  @Test
  void open_junkAppendedToAnyFile_isRefusedOrIdentical() {
    var random = new SplittableRandom(1);
    Tally tally = Tally.NONE;
    for (Path file : store.files("docs", "")) {
      for (int extra : new int[] {1, 8, SECTOR_BYTES, 64 << 10}) {
        byte[] own = store.bytes(file);
        byte[] longer = new byte[own.length + extra];
        random.nextBytes(longer);
        System.arraycopy(own, 0, longer, 0, own.length);
        tally = tally.plus(Tally.of(store.replaced(Map.of(file, longer))));
        tally = tally.plus(Tally.of(store.cut(file, longer.length)));
      }
    }
    report("files with junk or zeros behind them", tally);
  }

  /** Bytes up to the last one that is not zero. */
  private static int used(byte[] bytes) {
    int used = bytes.length;
    while (bytes[used - 1] == 0) {
      used--;
    }
    return used;
  }

  /** How often there was which outcome. */
  private record Tally(int refused, int identical) {
    static final Tally NONE = new Tally(0, 0);

    static Tally of(Outcome outcome) {
      return switch (outcome) {
        case REFUSED -> new Tally(1, 0);
        case IDENTICAL -> new Tally(0, 1);
      };
    }

    Tally plus(Tally other) {
      return new Tally(refused + other.refused, identical + other.identical);
    }
  }

  private Tally tally(int count, int step, BiFunction<StoreUnderDamage, Integer, Outcome> damage) {
    return tally(store, count, step, damage);
  }

  /** What comes of damages by number, on as many threads as there are processors. */
  private static Tally tally(
      StoreUnderDamage store,
      int count,
      int step,
      BiFunction<StoreUnderDamage, Integer, Outcome> damage) {
    int threads = Runtime.getRuntime().availableProcessors();
    return IntStream.range(0, threads)
        .parallel()
        .mapToObj(
            thread -> {
              StoreUnderDamage own = store.copy();
              return IntStream.iterate(
                      thread * step, number -> number < count, number -> number + threads * step)
                  .mapToObj(number -> Tally.of(damage.apply(own, number)))
                  .reduce(Tally.NONE, Tally::plus);
            })
        .reduce(Tally.NONE, Tally::plus);
  }

  private static void report(String what, Tally tally) {
    System.out.printf(
        "damage: %,d %s: %,d refused, %,d with identical contents%n",
        tally.refused() + tally.identical(), what, tally.refused(), tally.identical());
    assertTrue(tally.refused() + tally.identical() > 0);
  }
}
