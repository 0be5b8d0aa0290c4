package io.memryx.persistence.internal.file;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CopyReport;
import io.memryx.persistence.CopyReport.CopiedCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.FileCopier.Way;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A copy of collections of a store, into a directory that is being made. Not thread-safe. */
final class StoreCopy {
  private final StoreFiles files;
  private final Path source;
  private final Staging staging;
  private final CollectionCopier copier;
  private final CopyProgress progress;
  private final List<CopiedCollection> collections = new ArrayList<>();
  private long doneBytes;
  private long totalBytes;

  StoreCopy(StoreFiles files, Path source, Staging staging, Way way, CopyProgress progress) {
    this.files = files;
    this.source = source;
    this.staging = staging;
    this.progress = progress;
    this.copier = new CollectionCopier(files, new FileCopier(files, this::advance), way);
  }

  private void advance(long bytes) {
    doneBytes += bytes;
    progress.at("copying", Math.min(doneBytes, totalBytes), totalBytes);
  }

  /** Copies those that are wanted; what is copied is durable, and was read back. */
  void run(Predicate<String> wanted) throws IOException {
    List<Path> directories = new ArrayList<>();
    for (Path entry : new SelectedCollections(files, wanted).entriesOf(source)) {
      if (files.isDirectory(entry)) {
        directories.add(entry);
        totalBytes += newestBytes(files, entry);
      }
    }
    Map<String, Path> keys = new HashMap<>();
    for (Path directory : directories) {
      copy(directory, keys);
    }
    collections.sort(Comparator.comparing(CopiedCollection::key));
  }

  /** About how much there is of a collection to copy or read. */
  static long newestBytes(StoreFiles files, Path directory) {
    try {
      var objects = new DirectoryListing(files, directory);
      var numbers = Generations.numbers(objects.list());
      return numbers.isEmpty()
          ? 0
          : Generations.readManifest(objects, numbers.last()).image().bytes();
    } catch (IOException | CorruptSnapshotException | UnsupportedFormatException e) {
      return 0; // Whoever reads it says what is wrong.
    }
  }

  private void copy(Path directory, Map<String, Path> keys) throws IOException {
    CopiedCollection copied;
    try {
      copied = copier.copy(directory, staging.content().resolve(nameOf(directory)));
    } catch (NoSuchFileException e) {
      if (!files.isDirectory(directory)) {
        return; // Its collection was dropped meanwhile.
      }
      throw e;
    }
    if (copied == null) {
      return;
    }
    Path other = keys.putIfAbsent(copied.key(), directory);
    if (other != null) {
      throw new CorruptSnapshotException(
          directory.toString(),
          0,
          "it claims to be collection '%s', as %s does: move one of them away"
              .formatted(copied.key(), other),
          null);
    }
    collections.add(copied);
  }

  /** A directory that somebody named otherwise gets a name of ours. */
  private static String nameOf(Path directory) {
    String name = StoreNames.fileName(directory);
    return BackupList.isCollectionDirectory(name) ? name : StoreNames.directory(name, 0);
  }

  List<BackupList.Entry> entries() {
    return copier.entries();
  }

  CopyReport report() {
    return new CopyReport(
        staging.target().toString(),
        collections,
        entries().size(),
        entries().stream().mapToLong(BackupList.Entry::bytes).sum(),
        copier.passedOver());
  }

  /** What a failed copy means to whoever asked for it. */
  static RuntimeException failure(StoreFiles files, Path target, IOException e) {
    Path directory = target.toAbsolutePath().normalize();
    if (StorageFullException.isSaidBy(e)) {
      return new StorageFullException(directory.toString(), 1, freeBytes(files, directory), e);
    }
    return Storage.unwritable(directory, e);
  }

  private static long freeBytes(StoreFiles files, Path directory) {
    Path parent = directory.getParent();
    try {
      return files.freeBytes(parent == null || files.isDirectory(directory) ? directory : parent);
    } catch (IOException e) {
      return 0;
    }
  }
}
