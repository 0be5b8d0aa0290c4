package io.memryx.server.service;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the store is kept on, to be looked at: a disk, a partition, a container's volume. Asks the
 * file system each time.
 *
 * @param directory of the store, there or not; or empty if nothing is kept
 */
public record Volume(Optional<Path> directory) {

  @FunctionalInterface
  private interface Bytes {
    long of(FileStore store) throws IOException;
  }

  /** Bytes that the store may still take, or NaN if that is not known. */
  double free() {
    return ask(FileStore::getUsableSpace);
  }

  /** Bytes that it has in all, or NaN if that is not known. */
  double total() {
    return ask(FileStore::getTotalSpace);
  }

  private double ask(Bytes bytes) {
    if (directory.isEmpty()) {
      return Double.NaN;
    }
    try {
      return bytes.of(Files.getFileStore(directory.get()));
    } catch (IOException e) {
      // Not there yet, or not any more: the store says which, and what to do.
      return Double.NaN;
    }
  }
}
