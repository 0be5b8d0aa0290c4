package io.memryx.persistence.internal.file;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * A collection's objects as the files of one directory. A file gets its name when it is forced, so
 * that what has a name is whole; the name counts when the directory is forced. What a crash left
 * unnamed ends in {@code .tmp}. Thread-safe for objects of different names.
 */
final class CollectionDirectory implements ObjectStore {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private final Storage storage;
  private final StoreFiles files;
  private final Path directory;
  private final DirectoryListing listing;

  /** Whether the directory is known to be there durably. */
  private volatile boolean durable;

  /**
   * Whether there may be names, or may be none, that a power cut would take back: a process before
   * this one may have ended, or a directory not been opened, before it was forced.
   */
  private volatile boolean unsynced = true;

  CollectionDirectory(Storage storage, Path directory) {
    this.storage = storage;
    this.files = storage.files();
    this.directory = directory;
    this.listing = new DirectoryListing(files, directory);
  }

  Path path() {
    return directory;
  }

  private Path path(String name) {
    return listing.path(name);
  }

  /** One at a time: what is changed while another is under way is covered by its own. */
  private synchronized void sync() throws IOException {
    unsynced = true;
    storage.syncDirectory(directory);
    unsynced = false;
  }

  @Override
  public String location(String name) {
    return listing.location(name);
  }

  @Override
  public List<String> list() throws IOException {
    return listing.list();
  }

  @Override
  public StoreFiles.Source get(String name) throws IOException {
    return listing.get(name);
  }

  @Override
  public void put(String name, Content content) throws IOException {
    switch (content) {
      case Content.Written written -> write(name, written);
      case Content.CopyOf(String original) -> link(path(original), path(name));
    }
  }

  private void write(String name, Content.Written content) throws IOException {
    storage.requireWritable();
    makeDurable();
    storage.requireSpace(directory, content.estimatedBytes());
    Path temporary = temporary(name);
    try {
      try (StoreFiles.Sink sink = files.create(temporary)) {
        content.writeTo(sink);
        storage.force(sink);
      }
      content.verify(files.open(temporary));
      files.rename(temporary, path(name));
      sync();
    } catch (IOException | PersistenceException e) {
      deleteQuietly(temporary);
      deleteQuietly(path(name));
      throw e;
    }
  }

  /** Makes the directory, also one that an interrupted first save made: it may not be durable. */
  private void makeDurable() throws IOException {
    if (!durable) {
      if (!files.isDirectory(directory)) {
        files.createDirectories(directory);
      }
      storage.syncDirectory(storage.root());
      durable = true;
    }
  }

  private Path temporary(String name) {
    return path(name + StoreNames.TEMPORARY_SUFFIX);
  }

  private void link(Path original, Path link) throws IOException {
    if (!files.isSameFile(original, link)) {
      storage.requireWritable();
      Path temporary = temporary(StoreNames.fileName(link));
      files.delete(temporary);
      files.link(original, temporary);
      files.rename(temporary, link);
      sync();
    }
  }

  @Override
  public void createIfAbsent(String name, ByteBuffer bytes) throws IOException {
    storage.requireWritable();
    Path temporary = temporary(name);
    try {
      // Left by a commit that was cut off before it had the right to this name.
      files.delete(temporary);
      try (StoreFiles.Sink sink = files.create(temporary)) {
        SnapshotWriter.writeFully(sink, bytes);
        storage.force(sink);
      }
      storage.requireWritable();
    } catch (IOException | PersistenceException e) {
      deleteQuietly(temporary);
      throw e;
    }
    publish(temporary, path(name));
    deleteQuietly(temporary);
  }

  private void publish(Path temporary, Path file) throws IOException {
    try {
      files.link(temporary, file);
      sync();
      durable = true;
    } catch (FileAlreadyExistsException e) {
      deleteQuietly(temporary);
      throw storage.fenced(file, e);
    } catch (IOException e) {
      withdraw(temporary, file);
      throw new InDoubtException(file.toString(), e);
    }
  }

  private void withdraw(Path temporary, Path file) {
    try {
      if (files.isSameFile(file, temporary)) {
        files.delete(file);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} can''t be withdrawn: {1}", file, e.toString());
    }
    deleteQuietly(temporary);
  }

  /** What is there now is why these may go: it has to be durable before they do. */
  @Override
  public void delete(Collection<String> names) throws IOException {
    storage.requireWritable();
    if (unsynced && files.isDirectory(directory)) {
      sync();
    }
    if (!names.isEmpty()) {
      unsynced = true;
      for (String name : names) {
        files.delete(path(name));
      }
      sync();
    }
  }

  /** Removes the directory, which must be empty, durably. */
  void remove() throws IOException {
    storage.requireWritable();
    durable = false;
    if (files.isDirectory(directory)) {
      files.deleteDirectory(directory);
    }
    storage.syncDirectory(storage.root());
  }

  private void deleteQuietly(Path file) {
    try {
      files.delete(file);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} stays for now: {1}", file, e.toString());
    }
  }
}
