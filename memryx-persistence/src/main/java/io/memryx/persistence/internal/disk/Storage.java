package io.memryx.persistence.internal.disk;

import io.memryx.persistence.FencedException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StorageUnwritableException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The file system of one open store together with its writer's right to write. Once a force has
 * failed nobody knows what is on the disk, so writing ends there until the store is opened again;
 * once fenced, it ends for good. Thread-safe.
 */
public final class Storage {
  private static final String UNCLEAR = "an error came between, such as a lack of memory";

  private final StoreFiles files;
  private final Path root;
  private final StoreFiles.Lock lock;
  private final Supplier<UUID> uuids;
  private final UUID writer;
  private volatile @Nullable String failure;
  private volatile @Nullable Throwable cause;
  private volatile @Nullable String fence;

  /** Of a store whose lock this process holds. */
  public Storage(StoreFiles files, Path root, StoreFiles.Lock lock, Supplier<UUID> uuids) {
    this.files = files;
    this.root = root;
    this.lock = lock;
    this.uuids = uuids;
    this.writer = uuids.get();
  }

  /** The operations. */
  public StoreFiles files() {
    return files;
  }

  /** The directory of the store. */
  public Path root() {
    return root;
  }

  /** This opening of the store. */
  public UUID writer() {
    return writer;
  }

  /** A fresh one. */
  public UUID newUuid() {
    return uuids.get();
  }

  /** Refuses to go on if this is not, or no longer, the one writer: looks at the lock. */
  public void requireWritable() {
    if (fence == null && !lock.isHeld()) {
      fence = root.resolve(DiskFiles.LOCK) + " was removed or replaced";
    }
    requireNotEnded();
  }

  /** Refuses to go on if writing has ended, as far as that is known: looks at no file. */
  public void requireNotEnded() {
    String fenced = fence;
    if (fenced != null) {
      throw new FencedException(
          "another writer may have taken over %s (%s): stop this one".formatted(root, fenced),
          null);
    }
    String failed = failure;
    if (failed != null) {
      throw new StorageUnwritableException(
          "%s is read-only since a force or write failed (%s): check the disk, and open the store again"
              .formatted(root, failed),
          cause);
    }
  }

  /** Ends writing: another writer has committed where this one wanted to. */
  public FencedException fenced(Path manifest, Throwable cause) {
    fence = manifest + " is another writer's";
    return new FencedException(
        "another writer committed %s: stop this one".formatted(manifest), cause);
  }

  /** Makes a file's bytes durable; never tried again if that fails. */
  public void force(StoreFiles.Sink sink) throws IOException {
    try {
      sink.force();
    } catch (IOException e) {
      failed(e);
      throw e;
    }
  }

  /**
   * Makes a directory's names durable; never tried again if that fails.
   *
   * @throws UnopenedException if it was not tried: then it may be
   */
  public void syncDirectory(Path directory) throws IOException {
    try {
      files.syncDirectory(directory);
    } catch (UnopenedException e) {
      throw e;
    } catch (IOException e) {
      failed(e);
      throw e;
    }
  }

  /**
   * Ends writing: a force or write failed on a file that is not thrown away, so that nobody knows
   * what it holds.
   */
  public StorageUnwritableException failed(Path file, IOException e) {
    endWriting(e); // There may be no memory for words.
    failure = file + ": " + e;
    return unwritable(file, e);
  }

  /**
   * Ends writing, if it has not ended yet: something came between that leaves it unclear what was
   * written. Allocates nothing, for it may be memory that is missing.
   *
   * @param reason given as the cause to whoever wants to write
   */
  public void endWriting(Throwable reason) {
    if (failure == null && fence == null) {
      cause = reason;
      failure = UNCLEAR;
    }
  }

  /** A full disk is known for what it is, and the file of the failed force is thrown away. */
  private void failed(IOException e) {
    if (!StorageFullException.isSaidBy(e)) {
      failure = e.toString();
    }
  }

  /** Refuses to begin what would not fit, with a margin of a fifth. */
  public void requireSpace(Path directory, long bytes) throws IOException {
    long needed = bytes + bytes / 5;
    long free = files.freeBytes(directory);
    if (free < needed) {
      throw new StorageFullException(directory.toString(), needed, free, null);
    }
  }

  /** What a failed operation means to whoever runs the store. */
  public PersistenceException unwritable(Path where, long neededBytes, IOException e) {
    if (StorageFullException.isSaidBy(e)) {
      return new StorageFullException(where.toString(), neededBytes, freeBytes(where), e);
    }
    return unwritable(where, e);
  }

  /** What a failed operation means to whoever runs the store. */
  public static StorageUnwritableException unwritable(Path where, IOException e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    String remedy;
    if (isDenied(e)) {
      remedy = "give this user the right to read and write it";
    } else if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      remedy = "a directory is wanted where a file is: give another one, or move the file away";
    } else {
      remedy = "check that the volume is mounted, writable and healthy";
    }
    return new StorageUnwritableException(
        "%s can't be read and written (%s): %s".formatted(where, named(e, reason), remedy), e);
  }

  /** Also where what was to be made durable is in doubt for that. */
  private static boolean isDenied(IOException e) {
    return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
        .anyMatch(AccessDeniedException.class::isInstance);
  }

  private static String named(IOException e, String reason) {
    return e.getClass() == IOException.class
        ? reason
        : e.getClass().getSimpleName() + ": " + reason;
  }

  private long freeBytes(Path where) {
    try {
      return files.freeBytes(where);
    } catch (IOException e) {
      return 0;
    }
  }
}
