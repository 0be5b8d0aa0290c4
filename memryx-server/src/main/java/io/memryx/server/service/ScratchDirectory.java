package io.memryx.server.service;

import io.memryx.persistence.StorageFullException;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place for files that are needed for one call, on the store's own volume, so that a backup can
 * link there. It lies in the store's directory, where everything is passed over that is no
 * collection.
 *
 * @param path removed with all in it by {@link #close}
 */
public record ScratchDirectory(Path path) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchDirectory.class);
  private static final String NAME = "transfers";
  private static final int RETRY_SECONDS = 30;

  /** A new one, empty. */
  static ScratchDirectory make(Path store) {
    try {
      return new ScratchDirectory(
          Files.createDirectories(store.resolve(NAME).resolve(UUID.randomUUID().toString())));
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** The failure of a disk that takes no files. */
  public static ProblemException unusable(IOException cause) {
    LOG.error("a backup can't be put on the disk: {}", cause.toString());
    boolean full = StorageFullException.isSaidBy(cause);
    return Problem.of(
            full ? ProblemCode.STORAGE_FULL : ProblemCode.STORAGE_FAILED,
            "the backup can't be put on the disk; nothing was changed",
            "the log has the reason; free or add space, and try again")
        .retryAfter(RETRY_SECONDS)
        .toException();
  }

  /** All that there are of a store. */
  static ScratchDirectory allOf(Path store) {
    return new ScratchDirectory(store.resolve(NAME));
  }

  /** Where the content goes: nothing is there at first. */
  public Path content() {
    return path.resolve("content");
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> innermostFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path file : innermostFirst) {
        Files.delete(file);
      }
    } catch (NoSuchFileException e) {
      LOG.debug("there is nothing to remove", e);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("files of a backup stay in {}: {}", path, e.toString());
    }
  }
}
