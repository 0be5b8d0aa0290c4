package io.memryx.persistence.internal.file;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.VerifyReport.CollectionReport;
import io.memryx.persistence.VerifyReport.Finding;
import io.memryx.persistence.VerifyReport.LogReport;
import io.memryx.persistence.VerifyReport.Severity;
import io.memryx.persistence.VerifyReport.Status;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.wal.LogSurvey;
import io.memryx.persistence.internal.wal.Position;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A reading of a whole store that changes nothing and holds no lock, so that it can run beside the
 * writer. Not thread-safe.
 */
public final class StoreInspector {
  /** Bounds the looking again, should a writer really never pause. */
  private static final int ATTEMPTS = 100;

  private final StoreFiles files;
  private final Predicate<String> keys;
  private final CopyProgress progress;
  private final List<CollectionReport> collections = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  private StoreInspector(StoreFiles files, Predicate<String> keys, CopyProgress progress) {
    this.files = files;
    this.keys = keys;
    this.progress = progress;
  }

  /** Reads a store's directory, with the collections that are wanted, or one snapshot file. */
  public static VerifyReport inspect(Path path, Predicate<String> keys, CopyProgress progress) {
    return inspect(new DiskFiles(), path, keys, progress);
  }

  static VerifyReport inspect(StoreFiles files, Path path) {
    return inspect(files, path, _ -> true, CopyProgress.SILENT);
  }

  private static VerifyReport inspect(
      StoreFiles files, Path path, Predicate<String> keys, CopyProgress progress) {
    return IoThread.run(
        "verify",
        () -> {
          try {
            return new StoreInspector(files, keys, progress).report(path);
          } catch (IOException e) {
            throw Storage.unwritable(path, e);
          }
        });
  }

  private VerifyReport report(Path path) throws IOException {
    if (files.isFile(path)) {
      inspectFile(path);
      return report(Status.NOT_A_STORE);
    }
    if (!files.isDirectory(path)) {
      findings.add(notice(path, "there is nothing here"));
      return report(Status.NOT_A_STORE);
    }
    boolean locked = false;
    if (Staging.isUnfinished(files, path)) {
      findings.add(notice(path, "a backup or restore was cut off here: delete what is in it"));
      return report(Status.NOT_A_STORE);
    }
    List<Path> entries = new SelectedCollections(files, keys).entriesOf(path);
    long total = entries.stream().mapToLong(entry -> StoreCopy.newestBytes(files, entry)).sum();
    long done = 0;
    for (Path entry : entries) {
      locked |= StoreNames.fileName(entry).equals(StoreNames.LOCK);
      if (files.isDirectory(entry)) {
        inspectDirectory(entry);
        done += StoreCopy.newestBytes(files, entry);
        progress.at("checking", Math.min(done, total), total);
      } else if (StoreNames.looksLikeOurs(entry)) {
        findings.add(notice(entry, "it is no part of a store, and would not be loaded from here"));
      } else if (StoreNames.fileName(entry).equals(BackupList.FILE)) {
        new BackupCheck(files, path, progress)
            .damages()
            .forEach(damage -> findings.add(damage(damage)));
      }
    }
    return report(locked ? Status.SOUND : Status.NOT_A_STORE);
  }

  /** The verdict, given the one for a store without collections. */
  private VerifyReport report(Status empty) {
    collections.sort(Comparator.comparing(CollectionReport::key));
    findings.sort(Comparator.comparing(Finding::file).thenComparingLong(Finding::offset));
    return new VerifyReport(status(empty), collections, findings);
  }

  private Status status(Status empty) {
    if (collections.isEmpty()) {
      return empty;
    }
    if (!collections.stream().allMatch(CollectionReport::isRecoverable)) {
      return Status.DAMAGED;
    }
    return findings.stream().anyMatch(finding -> finding.severity() == Severity.DAMAGE)
        ? Status.DAMAGED_RECOVERABLE
        : Status.SOUND;
  }

  /** A snapshot that someone copied away counts as a generation by itself. */
  private void inspectFile(Path file) throws IOException {
    if (!StoreNames.fileName(file).endsWith(".mrx")) {
      findings.add(notice(file, "it is not named as a snapshot (*.mrx)"));
      return;
    }
    String key = "?";
    try (var reader = new SnapshotReader(file.toString(), files.open(file))) {
      key = reader.key();
      reader.verify();
      collections.add(
          new CollectionReport(
              key,
              file.toString(),
              1,
              1,
              reader.meta().entries(),
              reader.trailer().fileBytes(),
              LogReport.NONE));
    } catch (CorruptSnapshotException e) {
      findings.add(damage(e));
      collections.add(new CollectionReport(key, file.toString(), 1, 0, 0, 0, LogReport.NONE));
    } catch (UnsupportedFormatException e) {
      findings.add(damage(e));
      collections.add(new CollectionReport(key, file.toString(), 1, 0, 0, 0, LogReport.NONE));
    }
  }

  /**
   * Looks again if the writer replaced every generation while they were read, and at damage: what
   * is not found twice was a write under way.
   */
  private void inspectDirectory(Path directory) throws IOException {
    List<Finding> before = List.of();
    for (int attempt = 1; ; attempt++) {
      var inspection = new Inspection(new DirectoryListing(files, directory));
      try {
        inspection.run();
      } catch (NoSuchFileException e) {
        // The writer dropped the collection, or a segment that nobody needs any more.
        if (!files.isDirectory(directory)) {
          return;
        }
        if (attempt == ATTEMPTS) {
          throw e;
        }
        continue;
      } catch (AccessDeniedException e) {
        if (StoreNames.isCollectionDirectory(directory)) {
          throw e;
        }
        return; // Such as lost+found on a volume.
      }
      boolean settled = !inspection.isOvertaken() && inspection.damages.equals(before);
      if (settled || attempt == ATTEMPTS) {
        inspection.addTo(collections, findings);
        return;
      }
      before = List.copyOf(inspection.damages);
    }
  }

  private static Finding notice(Path file, String what) {
    return new Finding(file.toString(), 0, what, Severity.NOTICE);
  }

  private static Finding damage(CorruptSnapshotException e) {
    return new Finding(e.file(), e.offset(), e.what(), Severity.DAMAGE);
  }

  private static Finding damage(UnsupportedFormatException e) {
    return new Finding(e.file(), 0, String.valueOf(e.getMessage()), Severity.DAMAGE);
  }

  /** One look at one collection's directory. */
  private final class Inspection {
    private final DirectoryListing objects;
    private final List<Finding> damages = new ArrayList<>();
    private final List<Finding> notices = new ArrayList<>();
    private @Nullable String key;
    private @Nullable Manifest newestSound;
    private int generations;
    private boolean committed;
    private boolean vanished;
    private boolean removed;

    /** Newest segment of the log that any manifest names. */
    private long newestNamed;

    private LogReport log = LogReport.NONE;

    /** Whether each snapshot is sound. */
    private final Map<UUID, Boolean> snapshots = new HashMap<>();

    Inspection(DirectoryListing objects) {
      this.objects = objects;
    }

    void run() throws IOException {
      List<String> names = objects.list();
      NavigableSet<Long> numbers = Generations.numbers(names);
      Path latest = objects.path(StoreNames.LATEST);
      for (long number : numbers.descendingSet()) {
        inspectGeneration(number);
        if (removed) {
          // What is older does not count any more.
          break;
        }
      }
      committed =
          generations > 0
              || (!removed && (vanished || names.stream().anyMatch(Generations::provesCommit)));
      if (committed && numbers.isEmpty()) {
        damages.add(new Finding(latest.toString(), 0, "its manifest is missing", Severity.DAMAGE));
      }
      if (key == null) {
        key = Generations.keyOfSnapshots(objects, names);
      }
      noticeLatest(latest);
      noticeUncommitted(names);
    }

    private void inspectGeneration(long number) throws IOException {
      try {
        Manifest manifest = Generations.readManifest(objects, number);
        key = key == null ? manifest.key() : key;
        newestNamed = Math.max(newestNamed, manifest.log().newest());
        if (manifest.isRemoval()) {
          removed = true;
          return;
        }
        UUID snapshot = manifest.image().uuid();
        if (!snapshots.containsKey(snapshot)) {
          generations++;
          snapshots.put(snapshot, false);
          try (var reader = Generations.openSnapshot(objects, manifest)) {
            reader.verify();
          }
          snapshots.put(snapshot, true);
          inspectLog(manifest);
        }
      } catch (CorruptSnapshotException e) {
        damaged(number, damage(e));
      } catch (UnsupportedFormatException e) {
        damaged(number, damage(e));
      }
    }

    /** A writer that drops a generation removes its manifest first. */
    private void damaged(long number, Finding damage) {
      if (files.isFile(objects.path(StoreNames.manifest(number)))) {
        generations += damage.file().equals(objects.location(StoreNames.manifest(number))) ? 1 : 0;
        damages.add(damage);
      } else {
        vanished = true;
      }
    }

    /** What comes after a sound generation; of older ones it is what they would fall back on. */
    private void inspectLog(Manifest manifest) throws IOException {
      var from = new Position(manifest.log().first(), manifest.image().lastSequence(), newestNamed);
      LogSurvey survey = LogSurvey.of(files, objects.directory(), manifest.chain(), from);
      survey
          .damage()
          .map(
              damage ->
                  switch (damage) {
                    case CorruptSnapshotException e -> damage(e);
                    case UnsupportedFormatException e -> damage(e);
                    default -> throw new IllegalStateException(damage);
                  })
          .filter(damage -> !damages.contains(damage))
          .ifPresent(damages::add);
      if (newestSound == null) {
        newestSound = manifest;
        log =
            new LogReport(
                survey.segments().size(),
                survey.changes(),
                survey.lastSequence(),
                survey.damage().isEmpty());
      }
    }

    /** Whether there was a generation, and the writer dropped it before it could be read. */
    boolean isOvertaken() {
      return vanished && newestSound == null;
    }

    private void noticeLatest(Path latest) throws IOException {
      Manifest manifest = newestSound;
      if (manifest != null && !files.isSameFile(latest, objects.path(manifest.image().file()))) {
        notices.add(
            notice(
                latest,
                "it is not generation %d, the newest sound one: do not copy it"
                    .formatted(manifest.number())));
      }
    }

    private void noticeUncommitted(List<String> names) {
      if (removed && !committed) {
        notices.add(
            notice(
                objects.directory(),
                "its collection was dropped; what is left goes at the next opening"));
      } else if (!committed && names.stream().anyMatch(StoreNames::isSnapshot)) {
        notices.add(notice(objects.directory(), "a first save was cut off; nothing was committed"));
      }
    }

    void addTo(List<CollectionReport> reports, List<Finding> found) {
      found.addAll(damages);
      found.addAll(notices);
      if (!committed) {
        return;
      }
      Manifest manifest = newestSound;
      reports.add(
          new CollectionReport(
              key == null ? "?" : key,
              objects.directory().toString(),
              generations,
              manifest == null ? 0 : manifest.number(),
              manifest == null ? 0 : manifest.image().entries(),
              manifest == null ? 0 : manifest.image().bytes(),
              log));
    }
  }
}
