package io.memryx.persistence.internal.file;

import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/** Copies files durably, and knows what their bytes give. Not thread-safe. */
final class FileCopier {
  private static final int BUFFER_BYTES = 1 << 20;

  private final StoreFiles files;
  private final LongConsumer progress;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  /**
   * Of one file system.
   *
   * @param progress is told how many more bytes were read
   */
  FileCopier(StoreFiles files, LongConsumer progress) {
    this.files = files;
    this.progress = progress;
  }

  /** A file that was copied. */
  record Copied(long bytes, Sha256 digest) {}

  /** Whether a file that never changes may become one of two names of the same bytes. */
  enum Way {
    /** Where the file system can. */
    LINKED,
    /** Never: the copy outlives damage to the original. */
    COPIED
  }

  /** Copies all of a file that never changes. */
  Copied whole(Path from, Path to, Way way) throws IOException {
    if (way == Way.LINKED && isLinked(from, to)) {
      return digest(to);
    }
    try (StoreFiles.Source source = files.open(from)) {
      long bytes = source.size();
      return copy(from, source, to, bytes, bytes);
    }
  }

  private boolean isLinked(Path from, Path to) throws IOException {
    try {
      files.link(from, to);
      return true;
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      // Another file system, or one without links; what is wrong otherwise shows at the copy.
      return false;
    }
  }

  /**
   * Copies the beginning of a file, and fills up with zeros.
   *
   * @param bytes how much of it
   * @param size size of the copy
   */
  Copied prefix(Path from, Path to, long bytes, long size) throws IOException {
    try (StoreFiles.Source source = files.open(from)) {
      return copy(from, source, to, bytes, size);
    }
  }

  private Copied copy(Path from, StoreFiles.Source source, Path to, long bytes, long size)
      throws IOException {
    MessageDigest digest = Sha256.algorithm();
    try (StoreFiles.Sink sink = files.create(to)) {
      for (long at = 0; at < bytes; at += buffer.limit()) {
        read(from, source, at, bytes);
        put(sink, digest);
      }
      for (long at = bytes; at < size; at += buffer.limit()) {
        fillWithZeros((int) Math.min(BUFFER_BYTES, size - at));
        put(sink, digest);
      }
      sink.force();
    }
    return new Copied(size, new Sha256(digest.digest()));
  }

  private void fillWithZeros(int bytes) {
    buffer.clear();
    while (buffer.position() < bytes) {
      buffer.put((byte) 0);
    }
    buffer.flip();
  }

  private void put(StoreFiles.Sink sink, MessageDigest digest) throws IOException {
    digest.update(buffer.duplicate());
    SnapshotWriter.writeFully(sink, buffer.duplicate());
  }

  /** What all bytes of a file give. */
  Copied digest(Path file) throws IOException {
    MessageDigest digest = Sha256.algorithm();
    try (StoreFiles.Source source = files.open(file)) {
      long bytes = source.size();
      for (long at = 0; at < bytes; at += buffer.limit()) {
        read(file, source, at, bytes);
        digest.update(buffer.duplicate());
      }
      return new Copied(bytes, new Sha256(digest.digest()));
    }
  }

  private void read(Path file, StoreFiles.Source source, long from, long until) throws IOException {
    buffer.clear().limit((int) Math.min(BUFFER_BYTES, until - from));
    while (buffer.hasRemaining()) {
      if (source.read(buffer, from + buffer.position()) <= 0) {
        throw new EOFException(
            "%s ends at offset %d, it had more".formatted(file, from + buffer.position()));
      }
    }
    buffer.flip();
    progress.accept(buffer.limit());
  }
}
