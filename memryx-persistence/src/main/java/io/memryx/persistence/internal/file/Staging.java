package io.memryx.persistence.internal.file;

import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A directory that appears under its name when all that is in it is durable, or not at all. Where
 * there is nothing of that name it is made beside, and renamed. Where there is an empty directory,
 * which may be a volume's, it is made inside. A file in it says that it is unfinished and is
 * removed at the end; as long as that is there nobody takes the directory for a store, wherever it
 * is. A lock's file keeps those out who began before it was there. Not thread-safe.
 */
final class Staging implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  /** Named so that a store does not open where it lies. */
  static final String MARK = "snapshot_unfinished";

  /** What file systems put into the top directory of a volume. */
  private static final String LOST_AND_FOUND = "lost+found";

  private final StoreFiles files;
  private final Path target;
  private final Path content;
  private final Place place;
  private final List<Path> taken = new ArrayList<>();
  private boolean published;

  private enum Place {
    BESIDE,
    INSIDE
  }

  private Staging(StoreFiles files, Path target, Path content, Place place) {
    this.files = files;
    this.target = target;
    this.content = content;
    this.place = place;
  }

  /**
   * Begins a directory.
   *
   * @throws IllegalArgumentException if something is there
   */
  static Staging begin(StoreFiles files, Path directory) throws IOException {
    Path target = directory.toAbsolutePath().normalize();
    requireFree(files, target);
    String name = StoreNames.fileName(target) + ".unfinished-" + shortId();
    Staging staging =
        files.isDirectory(target)
            ? new Staging(files, target, target, Place.INSIDE)
            : new Staging(files, target, target.resolveSibling(name), Place.BESIDE);
    try {
      staging.take();
      return staging;
    } catch (IOException | IllegalArgumentException e) {
      staging.giveBack();
      throw e;
    }
  }

  /**
   * Takes the directory, unless somebody else did since it was looked at: another copy has made the
   * mark, a server the lock's file. A server that locks it later finds the mark.
   */
  private void take() throws IOException {
    if (place == Place.BESIDE) {
      files.createDirectories(content);
    }
    take(MARK);
    take(StoreNames.LOCK);
    List<Path> entries = entries(files, content);
    entries.stream()
        .filter(entry -> !taken.contains(entry))
        .findFirst()
        .ifPresent(other -> refuse(other, null));
  }

  /** Durable before the next: a lock's file without the mark would be an empty store. */
  private void take(String name) throws IOException {
    Path file = content.resolve(name);
    try (StoreFiles.Sink _ = files.create(file)) {
      taken.add(file);
    } catch (FileAlreadyExistsException e) {
      refuse(file, e);
    }
    files.syncDirectory(content);
  }

  private void refuse(Path other, @Nullable IOException cause) {
    throw new IllegalArgumentException(
        "%s was empty, but now somebody else uses it (%s): give another directory"
            .formatted(target, StoreNames.fileName(other)),
        cause);
  }

  /** Removes what was taken and nothing else: the rest is not of this copy. */
  private void giveBack() {
    try {
      for (Path file : taken.reversed()) {
        files.delete(file);
        files.syncDirectory(content);
      }
      leave();
    } catch (IOException e) {
      warn(e);
    }
  }

  private static String shortId() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  private static void requireFree(StoreFiles files, Path target) throws IOException {
    if (files.isDirectory(target)) {
      List<Path> entries = entries(files, target);
      if (entries.contains(target.resolve(MARK))) {
        throw new IllegalArgumentException(
            "%s holds what a backup or restore left that was cut off: delete what is in it"
                .formatted(target));
      }
      if (!entries.isEmpty()) {
        throw new IllegalArgumentException(
            "%s is not empty (%s): give a directory that is not there, or an empty one"
                .formatted(target, StoreNames.fileName(entries.getFirst())));
      }
    } else if (files.isFile(target)) {
      throw new IllegalArgumentException(
          "%s is a file: give a directory that is not there, or an empty one".formatted(target));
    }
  }

  /** Whether what lies in a directory is not finished. */
  static boolean isUnfinished(StoreFiles files, Path directory) {
    return files.isFile(directory.resolve(MARK));
  }

  private static List<Path> entries(StoreFiles files, Path directory) throws IOException {
    return files.list(directory).stream()
        .filter(entry -> !StoreNames.fileName(entry).equals(LOST_AND_FOUND))
        .toList();
  }

  /** Where its content is made. */
  Path content() {
    return content;
  }

  /** Where it will be. */
  Path target() {
    return target;
  }

  /** Says that what is made is no store: nobody will lock it. */
  void unlock() throws IOException {
    files.delete(content.resolve(StoreNames.LOCK));
  }

  /** Gives it its name. Everything in the content's directories must be durable. */
  void publish() throws IOException {
    files.syncDirectory(content);
    files.delete(content.resolve(MARK));
    switch (place) {
      case BESIDE -> {
        files.syncDirectory(content);
        files.rename(content, target);
        published = true;
        files.syncDirectory(parent());
      }
      case INSIDE -> {
        published = true;
        files.syncDirectory(target);
      }
    }
  }

  private Path parent() {
    Path parent = target.getParent();
    return parent == null ? target : parent;
  }

  /** Removes everything, unless it has its name. The mark stays until the rest is durably gone. */
  @Override
  public void close() {
    if (published) {
      return;
    }
    try {
      requireMark();
      empty(content);
      files.syncDirectory(content);
      files.delete(content.resolve(MARK));
      leave();
    } catch (IOException e) {
      warn(e);
    }
  }

  /**
   * Publishing may have failed when it was gone. Where others may have come by then it stays so.
   */
  private void requireMark() throws IOException {
    Path mark = content.resolve(MARK);
    if (isUnfinished(files, content)) {
      return;
    }
    if (place == Place.INSIDE) {
      throw new NoSuchFileException(mark.toString());
    }
    files.create(mark).close();
    files.syncDirectory(content);
  }

  /** Leaves nothing of an empty directory that was not there before. */
  private void leave() throws IOException {
    switch (place) {
      case BESIDE -> {
        if (files.isDirectory(content)) {
          files.deleteDirectory(content);
        }
        files.syncDirectory(parent());
      }
      case INSIDE -> files.syncDirectory(target);
    }
  }

  private void warn(IOException e) {
    LOG.log(
        Level.WARNING,
        "{0} is unfinished and can''t be removed ({1}): delete it",
        content,
        e.toString());
  }

  /** Without the mark, which goes last. */
  private void empty(Path directory) throws IOException {
    for (Path entry : entries(files, directory)) {
      if (files.isDirectory(entry)) {
        empty(entry);
        files.deleteDirectory(entry);
      } else if (!StoreNames.fileName(entry).equals(MARK)) {
        files.delete(entry);
      }
    }
  }
}
