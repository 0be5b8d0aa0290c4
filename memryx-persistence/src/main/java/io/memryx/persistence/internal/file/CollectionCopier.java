package io.memryx.persistence.internal.file;

import io.memryx.persistence.CopyReport.CopiedCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.FileCopier.Copied;
import io.memryx.persistence.internal.file.FileCopier.Way;
import io.memryx.persistence.internal.wal.CollectionLog;
import io.memryx.persistence.internal.wal.LogSurvey;
import io.memryx.persistence.internal.wal.Position;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Copies what a collection needs: its newest sound generation and the log after it, up to the last
 * sound change. Beside the source's writer files go away and appear; then the copy begins anew. Not
 * thread-safe.
 */
final class CollectionCopier {
  /** A writer that replaces two generations during each of so many copies is not believed in. */
  private static final int ATTEMPTS = 100;

  private final StoreFiles files;
  private final FileCopier copier;
  private final Way way;
  private final List<BackupList.Entry> entries = new ArrayList<>();
  private final List<String> passedOver = new ArrayList<>();

  CollectionCopier(StoreFiles files, FileCopier copier, Way way) {
    this.files = files;
    this.copier = copier;
    this.way = way;
  }

  /** Every file that was copied. */
  List<BackupList.Entry> entries() {
    return entries;
  }

  /** Damage that was not in the way. */
  List<String> passedOver() {
    return passedOver;
  }

  /**
   * Copies a collection into a directory that is not there.
   *
   * @return null if there is no collection in the source
   * @throws CorruptSnapshotException if it can't be copied whole
   */
  @Nullable CopiedCollection copy(Path source, Path target) throws IOException {
    String before = "";
    for (int attempt = 1; ; attempt++) {
      var copy = new Copy(new DirectoryListing(files, source), target);
      try {
        CopiedCollection copied = copy.run();
        if (copied != null) {
          entries.addAll(copy.copiedFiles);
          copy.damages.forEach(damage -> passedOver.add(damage.getMessage()));
        }
        return copied;
      } catch (AccessDeniedException e) {
        if (StoreNames.isCollectionDirectory(source)) {
          throw e;
        }
        return null; // Such as lost+found on a volume.
      } catch (NoSuchFileException
          | EOFException
          | CorruptSnapshotException
          | UnsupportedFormatException e) {
        remove(target);
        String message = String.valueOf(e.getMessage());
        // What is found twice is so; what is found once may be a write under way.
        if (message.equals(before) || attempt == ATTEMPTS) {
          throw e;
        }
        before = message;
      }
    }
  }

  private void remove(Path directory) throws IOException {
    if (files.isDirectory(directory)) {
      for (Path file : files.list(directory)) {
        files.delete(file);
      }
      files.deleteDirectory(directory);
    }
  }

  /** One attempt. */
  private final class Copy {
    private final DirectoryListing objects;
    private final Path target;
    private final List<BackupList.Entry> copiedFiles = new ArrayList<>();
    private final List<PersistenceException> damages = new ArrayList<>();
    private final Set<UUID> damaged = new HashSet<>();
    private long newestNamed;

    Copy(DirectoryListing objects, Path target) {
      this.objects = objects;
      this.target = target;
    }

    @Nullable CopiedCollection run() throws IOException {
      List<String> names = objects.list();
      for (long number : Generations.numbers(names).descendingSet()) {
        Manifest manifest = manifest(number);
        if (manifest != null && manifest.isRemoval()) {
          return null;
        }
        if (manifest != null && isSnapshotCopied(manifest)) {
          return finished(manifest);
        }
      }
      if (!damages.isEmpty()) {
        throw damages.getFirst();
      }
      if (names.stream().anyMatch(Generations::provesCommit)) {
        throw new CorruptSnapshotException(
            objects.location(StoreNames.LATEST), 0, "its manifest is missing", null);
      }
      return null;
    }

    private @Nullable Manifest manifest(long number) throws IOException {
      try {
        Manifest manifest = Generations.readManifest(objects, number);
        newestNamed = Math.max(newestNamed, manifest.log().newest());
        return manifest;
      } catch (CorruptSnapshotException | UnsupportedFormatException e) {
        passOver(number, e);
        return null;
      }
    }

    /** A writer that drops a generation removes its manifest first: then it is no damage. */
    private void passOver(long number, PersistenceException damage) throws IOException {
      Path manifest = objects.path(StoreNames.manifest(number));
      if (!files.isFile(manifest)) {
        throw new NoSuchFileException(manifest.toString());
      }
      damages.add(damage);
    }

    private boolean isSnapshotCopied(Manifest manifest) throws IOException {
      if (damaged.contains(manifest.image().uuid())) {
        return false;
      }
      String name = manifest.image().file();
      try {
        Generations.openSnapshot(objects, manifest).close();
        files.createDirectories(target);
        Copied copied = copier.whole(objects.path(name), target.resolve(name), way);
        try (var reader = Generations.openSnapshot(new DirectoryListing(files, target), manifest)) {
          reader.verify();
        }
        add(name, copied);
        return true;
      } catch (CorruptSnapshotException | UnsupportedFormatException e) {
        damaged.add(manifest.image().uuid());
        passOver(manifest.number(), e);
        files.delete(target.resolve(name));
        return false;
      }
    }

    private void add(String name, Copied copied) {
      copiedFiles.add(
          new BackupList.Entry(StoreNames.fileName(target), name, copied.bytes(), copied.digest()));
    }

    private CopiedCollection finished(Manifest manifest) throws IOException {
      var from = new Position(manifest.log().first(), manifest.image().lastSequence(), newestNamed);
      LogSurvey log = survey(objects.directory(), manifest, from);
      for (LogSurvey.Segment segment : log.segments()) {
        copySegment(segment);
      }
      String name = StoreNames.manifest(manifest.number());
      add(name, copier.whole(objects.path(name), target.resolve(name), Way.COPIED));
      files.link(target.resolve(manifest.image().file()), target.resolve(StoreNames.LATEST));
      files.syncDirectory(target);
      requireSame(log, survey(target, manifest, from));
      return new CopiedCollection(
          manifest.key(),
          manifest.number(),
          manifest.image().entries(),
          log.changes(),
          log.lastSequence());
    }

    private LogSurvey survey(Path directory, Manifest manifest, Position from) throws IOException {
      LogSurvey log = LogSurvey.of(files, directory, manifest.chain(), from);
      if (log.damage().isPresent()) {
        throw log.damage().get();
      }
      return log;
    }

    /**
     * Up to its last change. Never a second name of the same bytes: marks and seals behind them are
     * not forced, and a power cut would take them from the copy, too.
     */
    private void copySegment(LogSurvey.Segment segment) throws IOException {
      add(
          segment.file(),
          copier.prefix(
              objects.path(segment.file()),
              target.resolve(segment.file()),
              segment.bytes(),
              CollectionLog.fileBytes(segment.bytes())));
    }

    private void requireSame(LogSurvey source, LogSurvey copy) throws IOException {
      if (copy.lastSequence() != source.lastSequence() || copy.changes() != source.changes()) {
        throw new IOException(
            "%s: what was read back ends with change %d, what was written with %d"
                .formatted(target, copy.lastSequence(), source.lastSequence()));
      }
    }
  }
}
