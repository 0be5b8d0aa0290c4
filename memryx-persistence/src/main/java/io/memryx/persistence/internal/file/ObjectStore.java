package io.memryx.persistence.internal.file;

import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;

/**
 * The storage of one collection's generations: named objects, each written once as a whole, in the
 * five operations that a {@link GenerationChain} is made of. Thread-safe.
 *
 * <p>They are what a directory ({@link CollectionDirectory}), an object store and a database can
 * all do. In S3, {@link #createIfAbsent} is a PUT with {@code If-None-Match: *} (412 means that the
 * name is taken; after a timeout a GET tells whose it is, and if that fails too the outcome is in
 * doubt), {@link #put} a PUT or a server-side copy. In a database it is an INSERT into a table
 * whose primary key is collection and name, and {@link #put} one that replaces. The log of changes
 * is not kept here: it stays on a local disk.
 *
 * <p>Nothing is read here that was not written whole. Each operation is atomic, and what it did is
 * durable when it returns; operations that follow see it. A writer that lost its right to write
 * must be refused by all three that change something, as well as this can be known: {@link
 * #createIfAbsent} is the one that never errs.
 */
interface ObjectStore extends ReadableObjects {

  /**
   * Stores an object, in place of one that has the name. Large ones are stored under names that
   * nobody used before, so that only copies ever replace anything.
   *
   * @throws IOException if it could not be stored; nobody will ever see a part of it
   */
  void put(String name, Content content) throws IOException;

  /**
   * Stores a small object under a name that must be free. Of several writers one succeeds; this is
   * how a generation is committed and how a writer learns that another one took over.
   *
   * @throws io.memryx.persistence.FencedException if there is an object of this name; from then on
   *     every change by this writer is refused
   * @throws InDoubtException if nobody knows whether it is there or will turn up again
   * @throws IOException if it is not there and never will be
   */
  void createIfAbsent(String name, ByteBuffer bytes) throws IOException;

  /**
   * Removes objects, if they are there, in any order. Whatever was done before, also by a writer
   * that was cut off, is durable before the first of them goes.
   */
  void delete(Collection<String> names) throws IOException;

  /** What an object holds. */
  sealed interface Content {

    /** Bytes that are written, and read back before anybody sees them. */
    non-sealed interface Written extends Content {
      /** Size, a little rounded up: storage with less space may refuse at once. */
      long estimatedBytes();

      /** Writes all bytes; storing them durably is the store's part. */
      void writeTo(StoreFiles.Sink sink) throws IOException;

      /**
       * Checks what was read back: what a device took and what it gives back are two things. Takes
       * the source over.
       *
       * @throws IOException if it is not what was written
       */
      void verify(StoreFiles.Source source) throws IOException;
    }

    /** What another object of this store holds; nothing happens if that is so already. */
    record CopyOf(String name) implements Content {}
  }
}
