package io.memryx.persistence.internal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The few file operations that a store is made of. Everything a store does to a disk goes through
 * here, so that tests can see, fail and replay each operation.
 *
 * <p>Failures are {@link IOException}s of {@code java.nio.file} where there is a fitting one.
 */
public interface StoreFiles {

  /** Makes a directory and those above it that are missing, and makes that durable. */
  void createDirectories(Path directory) throws IOException;

  /** What is in a directory, in order of name. */
  List<Path> list(Path directory) throws IOException;

  /** Whether there is a directory of this name. */
  boolean isDirectory(Path path);

  /** Whether there is a file of this name. */
  boolean isFile(Path path);

  /** Makes a file that must not be there yet. */
  Sink create(Path file) throws IOException;

  /** Opens a file for reading. */
  Source open(Path file) throws IOException;

  /** Opens a file that is there for writing at any place. */
  Extent openExtent(Path file) throws IOException;

  /**
   * Gives a file another name in the same directory, in one step, over a file that has it; or a
   * directory a name that is free.
   */
  void rename(Path from, Path to) throws IOException;

  /**
   * Gives a file a second name.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something has that name; it stays as it is
   */
  void link(Path existing, Path link) throws IOException;

  /** Removes a name, if it is there. */
  void delete(Path file) throws IOException;

  /** Removes an empty directory. */
  void deleteDirectory(Path directory) throws IOException;

  /**
   * Makes all earlier changes to the names in a directory durable.
   *
   * @throws UnopenedException if that was not even tried
   */
  void syncDirectory(Path directory) throws IOException;

  /** Whether two names are of one file; false if one is missing. */
  boolean isSameFile(Path one, Path other) throws IOException;

  /** Space that this process may still fill. */
  long freeBytes(Path directory) throws IOException;

  /**
   * Takes a store for one writer.
   *
   * @throws io.memryx.persistence.StoreLockedException if another writer has it
   */
  Lock lock(Path directory) throws IOException;

  /** A new file, written from its beginning. */
  interface Sink extends Closeable {
    /** Writes some of the buffer, maybe not all of it. */
    int write(ByteBuffer bytes) throws IOException;

    /** Makes what was written durable. */
    void force() throws IOException;
  }

  /** A file that is written at places of the writer's choice, and whose size is set. */
  interface Extent extends Closeable {
    /** Writes some of the buffer from a position on, maybe not all of it. */
    int write(ByteBuffer bytes, long position) throws IOException;

    /** Sets the size: what is beyond goes, what comes to it is zeros that take no space. */
    void setSize(long bytes) throws IOException;

    /** Makes what was written durable, and the size as far as reading that needs it. */
    void force() throws IOException;

    /** Makes what was written and the size durable, whether anything was written or not. */
    void forceSize() throws IOException;
  }

  /** A file that is read. */
  interface Source extends Closeable {
    /** Size of the file. */
    long size() throws IOException;

    /** Reads some bytes from a position on, maybe fewer than fit; -1 at the end. */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Maps some bytes of the file, read-only. The mapping is independent of this source and of the
     * file's names: it ends when nobody refers to it any more.
     */
    MemorySegment map(long position, long bytes) throws IOException;
  }

  /** The right to write, until closed. */
  interface Lock extends Closeable {
    /** Whether nobody took the lock's file away meanwhile. */
    boolean isHeld();
  }
}
