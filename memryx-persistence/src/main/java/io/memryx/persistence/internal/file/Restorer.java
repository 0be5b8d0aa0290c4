package io.memryx.persistence.internal.file;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CopyReport;
import io.memryx.persistence.CopyReport.CopiedCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.FileCopier.Copied;
import io.memryx.persistence.internal.file.FileCopier.Way;
import io.memryx.persistence.internal.file.Manifest.Image;
import io.memryx.persistence.internal.file.Manifest.LogSpan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Makes stores from backups, from other stores' directories, and from copied snapshots. */
public final class Restorer {
  private final StoreFiles files;
  private final Path source;
  private final CopyProgress progress;

  private Restorer(StoreFiles files, Path source, CopyProgress progress) {
    this.files = files;
    this.source = source;
    this.progress = progress;
  }

  /** Restores a store. */
  public static CopyReport restore(Path source, Path directory, CopyProgress progress) {
    return restore(new DiskFiles(), source, directory, progress);
  }

  static CopyReport restore(StoreFiles files, Path source, Path directory, CopyProgress progress) {
    return IoThread.run(
        "restore",
        () -> {
          try {
            return new Restorer(files, source, progress).restored(directory);
          } catch (IOException e) {
            throw StoreCopy.failure(files, directory, e);
          }
        });
  }

  private CopyReport restored(Path directory) throws IOException {
    if (files.isFile(source)) {
      try (Staging staging = Staging.begin(files, directory)) {
        return ofSnapshot(staging);
      }
    }
    BackupMaker.requireStore(files, source);
    if (files.isFile(source.resolve(BackupList.FILE))) {
      List<CorruptSnapshotException> damages = new BackupCheck(files, source, progress).damages();
      if (!damages.isEmpty()) {
        throw damages.getFirst();
      }
      return ofStore(directory);
    }
    if (!files.isFile(source.resolve(StoreNames.LOCK))) {
      return ofStore(directory);
    }
    // Nobody may open it meanwhile: a restored store is as its source was when that was left.
    try (StoreFiles.Lock _ = files.lock(source)) {
      return ofStore(directory);
    }
  }

  private CopyReport ofStore(Path directory) throws IOException {
    try (Staging staging = Staging.begin(files, directory)) {
      var copy = new StoreCopy(files, source, staging, Way.COPIED, progress);
      copy.run(_ -> true);
      staging.publish();
      return copy.report();
    }
  }

  // ---- one snapshot

  private CopyReport ofSnapshot(Staging staging) throws IOException {
    String key;
    Image image;
    UUID chain;
    try (SnapshotReader reader = openSnapshot()) {
      reader.verify();
      key = reader.key();
      chain = reader.header().chain();
      UUID uuid = reader.header().snapshot();
      image =
          new Image(
              StoreNames.snapshot(uuid),
              uuid,
              reader.trailer().fileBytes(),
              reader.trailer().tableSha256(),
              reader.meta().entries(),
              reader.header().lastSequence());
    }
    FileStore.requireKey(key);
    var manifest = new Manifest(1, 0, 1, UUID.randomUUID(), chain, key, image, new LogSpan(1, 0));
    Path directory = staging.content().resolve(StoreNames.directory(key, 0));
    files.createDirectories(directory);
    long[] done = {0};
    var copier =
        new FileCopier(
            files,
            bytes -> {
              done[0] += bytes;
              progress.at("copying", Math.min(done[0], image.bytes()), image.bytes());
            });
    Path file = directory.resolve(image.file());
    Copied copied = copier.whole(source, file, Way.COPIED);
    try (StoreFiles.Sink sink = files.create(directory.resolve(StoreNames.manifest(1)))) {
      SnapshotWriter.writeFully(sink, manifest.encode());
      sink.force();
    }
    files.link(file, directory.resolve(StoreNames.LATEST));
    try (SnapshotReader reader =
        Generations.openSnapshot(new DirectoryListing(files, directory), manifest)) {
      reader.verify();
    }
    files.syncDirectory(directory);
    staging.publish();
    return new CopyReport(
        staging.target().toString(),
        List.of(new CopiedCollection(key, 1, image.entries(), 0, image.lastSequence())),
        1,
        copied.bytes(),
        List.of());
  }

  private SnapshotReader openSnapshot() throws IOException {
    if (StoreNames.fileName(source).endsWith(".pkl")) {
      throw new IllegalArgumentException(
          "%s is a Python pickle, which only the Python server can load: add the vectors again"
              .formatted(source));
    }
    return new SnapshotReader(source.toString(), files.open(source));
  }
}
