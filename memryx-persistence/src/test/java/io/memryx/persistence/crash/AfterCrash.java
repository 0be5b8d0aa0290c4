package io.memryx.persistence.crash;

import io.memryx.StoreOptions;
import io.memryx.VectorStore;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.StoreVerifier;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.file.StoreOnFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/** Looks at what a crash left of a store, as whoever starts the server again would. */
final class AfterCrash {
  /** A byte of a snapshot that is read whenever it is opened: of the meta behind the header. */
  private static final long DAMAGED_OFFSET = 90;

  /** So many of the backups that a process made are restored: each takes its time. */
  private static final int BACKUPS = 2;

  private AfterCrash() {}

  /** Opens the store twice and judges what it has; checks its files before and between. */
  static Oracle.Verdict judge(Path directory, Oracle oracle, AckJournal journal) {
    return judge(directory, oracle, journal, OptionalLong.empty());
  }

  /** The same, after the power was cut at this point of {@link System#nanoTime}. */
  static Oracle.Verdict judge(Path directory, Oracle oracle, AckJournal journal, OptionalLong cut) {
    var soundness = new Oracle.Verdict();
    requireSound(directory, "after the crash", soundness);
    Recovered first;
    try {
      first = read(directory);
    } catch (PersistenceException e) {
      soundness.wrong(1, "it does not open: " + e);
      return soundness;
    }
    Oracle.Verdict verdict = oracle.judge(first, journal, cut);
    verdict.add(soundness);
    requireSound(directory, "after the opening", verdict);
    verdict.wrong(read(directory).equals(first) ? 0 : 1, "a second opening gives something else");
    return verdict;
  }

  /**
   * Restores the last backups that a process has published, whether it could say so or not, and
   * judges what they have. To be called before the store itself is judged.
   *
   * @return how many
   */
  static int restoreBackups(Path backups, Oracle oracle, AckJournal journal, Oracle.Verdict verdict)
      throws IOException {
    List<Backup> published = Backup.published(backups);
    long reported = journal.counted(AckJournal.Count.BACKUPS);
    verdict.wrong(
        published.size() < reported ? 1 : 0,
        "%d backups were reported, %d are there".formatted(reported, published.size()));
    List<Backup> last =
        published.subList(Math.max(0, published.size() - BACKUPS), published.size());
    for (Backup backup : last) {
      try {
        verdict.add(oracle.judgeCopy(backup.restored(), journal, backup.acknowledged()));
      } catch (PersistenceException | IllegalArgumentException e) {
        verdict.wrong(1, "a backup can't be restored: " + e);
      }
    }
    if (Files.isDirectory(backups)) {
      delete(backups);
    }
    return last.size();
  }

  /** What a store has, read by opening it for writing. */
  static Recovered read(Path directory) {
    try (SnapshotStore snapshots =
            StoreOnFiles.open(
                new DiskFiles(), directory, UUID::randomUUID, DurabilityOptions.fsync());
        VectorStore store = DurableVectorStore.open(snapshots, "", StoreOptions.defaults())) {
      return Recovered.of(store);
    }
  }

  private static void requireSound(Path directory, String when, Oracle.Verdict verdict) {
    VerifyReport report = StoreVerifier.verify(directory);
    boolean sound =
        report.status() == VerifyReport.Status.SOUND
            || report.status() == VerifyReport.Status.NOT_A_STORE;
    verdict.wrong(sound ? 0 : 1, when + " a check finds " + report.findings());
  }

  /**
   * Damages the newest snapshot of each collection that has an older one, in a copy of the store,
   * and opens that.
   *
   * @return how many collections were damaged
   */
  static int fallBack(Path directory, Path copy, Oracle.Verdict verdict) throws IOException {
    Recovered intact = read(directory);
    copy(directory, copy);
    int damaged = 0;
    // Files alone don't tell: a save that was cut off may have left a snapshot that nobody names.
    for (VerifyReport.CollectionReport collection : StoreVerifier.verify(directory).collections()) {
      if (collection.generations() > 1) {
        damaged += damageNewest(Path.of(collection.directory()), copy);
      }
    }
    try {
      verdict.wrong(
          read(copy).equals(intact) ? 0 : 1,
          "%d older generations, with what was logged since, give something else"
              .formatted(damaged));
    } catch (PersistenceException e) {
      verdict.wrong(1, "it does not open with an older generation: " + e);
    }
    return damaged;
  }

  private static int damageNewest(Path collection, Path copyOfStore) throws IOException {
    Path latest = collection.resolve("snapshot_latest.mrx");
    Path copy = copyOfStore.resolve(collection.getFileName());
    int damaged = 0;
    for (Path file : children(collection)) {
      if (String.valueOf(file.getFileName()).startsWith("snap-")
          && Files.exists(latest)
          && Files.isSameFile(file, latest)) {
        flipByte(copy.resolve(file.getFileName()));
        damaged++;
      }
    }
    return damaged;
  }

  private static void flipByte(Path file) throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(DAMAGED_OFFSET);
      int old = bytes.read();
      bytes.seek(DAMAGED_OFFSET);
      bytes.write(old ^ 0x10);
    }
  }

  static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    }
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  /** Removes a store that is done with. */
  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
