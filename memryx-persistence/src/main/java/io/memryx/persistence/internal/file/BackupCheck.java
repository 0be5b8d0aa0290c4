package io.memryx.persistence.internal.file;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.FileCopier.Copied;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A comparison of a backup's files with its list. Not thread-safe. */
final class BackupCheck {
  private final StoreFiles files;
  private final Path backup;
  private final CopyProgress progress;
  private final List<CorruptSnapshotException> damages = new ArrayList<>();
  private long doneBytes;
  private long totalBytes;

  BackupCheck(StoreFiles files, Path backup, CopyProgress progress) {
    this.files = files;
    this.backup = backup;
    this.progress = progress;
  }

  /** Everything in which the backup is not as it was made; to be called once. */
  List<CorruptSnapshotException> damages() throws IOException {
    Path file = backup.resolve(BackupList.FILE);
    BackupList list;
    try (StoreFiles.Source bytes = files.open(file)) {
      list = BackupList.read(file.toString(), bytes);
    } catch (CorruptSnapshotException e) {
      return List.of(e);
    }
    totalBytes = list.entries().stream().mapToLong(BackupList.Entry::bytes).sum();
    var copier = new FileCopier(files, this::advance);
    Set<Path> listed = new HashSet<>();
    for (BackupList.Entry entry : list.entries()) {
      Path path = backup.resolve(entry.directory()).resolve(entry.name());
      listed.add(path);
      compare(copier, entry, path);
    }
    findOthers(listed);
    return damages;
  }

  private void advance(long bytes) {
    doneBytes += bytes;
    progress.at("checking", Math.min(doneBytes, totalBytes), totalBytes);
  }

  private void compare(FileCopier copier, BackupList.Entry entry, Path path) throws IOException {
    try {
      Copied found = copier.digest(path);
      if (!found.equals(new Copied(entry.bytes(), entry.digest()))) {
        damaged(
            path,
            "it has %,d bytes with SHA-256 %s, the list of the backup says %,d with %s"
                .formatted(found.bytes(), found.digest(), entry.bytes(), entry.digest()));
      }
    } catch (NoSuchFileException e) {
      damaged(path, "it is missing, but the list of the backup names it");
    }
  }

  /** A file more could be taken for a newer generation. */
  private void findOthers(Set<Path> listed) throws IOException {
    for (Path directory : files.list(backup)) {
      if (!files.isDirectory(directory)) {
        continue;
      }
      for (Path file : files.list(directory)) {
        String name = StoreNames.fileName(file);
        boolean counts = StoreNames.isSegment(name) || StoreNames.manifestNumber(name).isPresent();
        if (counts && !listed.contains(file)) {
          damaged(file, "the list of the backup does not name it");
        }
      }
    }
  }

  private void damaged(Path file, String what) {
    damages.add(new CorruptSnapshotException(file.toString(), 0, what, null));
  }
}
