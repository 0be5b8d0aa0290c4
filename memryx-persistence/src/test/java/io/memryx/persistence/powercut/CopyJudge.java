package io.memryx.persistence.powercut;

import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.VerifyReport.Status;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the directory that a backup or restore was making when the power was cut: it holds all
 * of the copy, or nothing, or says that it is unfinished.
 *
 * @param target the directory
 * @param progress how far the copy had come
 * @param copy what is copied
 */
record CopyJudge(Path target, Progress progress, Copy copy) {

  /** How far a copy has come. */
  enum Progress {
    BEGUN,
    RETURNED
  }

  /** What is copied. */
  interface Copy {
    /** Makes it again, in a directory that is not there or empty, and says what is wrong then. */
    Optional<String> again(MemoryFiles files, Path directory);

    /** What is wrong with a whole one, which its check finds sound. */
    Optional<String> violation(MemoryFiles files, Path directory);
  }

  /** What is wrong. */
  Optional<String> violation(MemoryFiles files) throws IOException {
    for (Path beside : files.list(Event.parent(target))) {
      boolean isBeside =
          beside.toString().startsWith(target + ".unfinished-") && !files.list(beside).isEmpty();
      Optional<String> violation =
          isBeside && !refusesAsUnfinished(files, beside) ? whole(files, beside) : Optional.empty();
      if (violation.isPresent()) {
        return violation.map(what -> beside + ", taken for whole: " + what);
      }
    }
    boolean unfinished = MemoryStore.isUnfinished(files, target);
    boolean none = !files.isDirectory(target) || files.list(target).isEmpty();
    if (!unfinished && !none) {
      return whole(files, target);
    }
    if (progress == Progress.RETURNED) {
      return Optional.of("it returned, and there is " + (none ? "nothing" : "half of it"));
    }
    return unfinished ? unfinished(files) : copy.again(files, target);
  }

  private Optional<String> unfinished(MemoryFiles files) throws IOException {
    if (!refusesAsUnfinished(files, target)) {
      return Optional.of("it is unfinished, and taken for something");
    }
    empty(files, target);
    return copy.again(files, target);
  }

  private Optional<String> whole(MemoryFiles files, Path directory) {
    VerifyReport report = MemoryStore.inspect(files, directory);
    if (report.status() != Status.SOUND || !report.findings().isEmpty()) {
      return Optional.of("%s: %s".formatted(report.status(), report.findings()));
    }
    return copy.violation(files, directory);
  }

  /** Nobody takes it for a store, or for a backup. */
  private static boolean refusesAsUnfinished(StoreFiles files, Path directory) {
    if (!MemoryStore.isUnfinished(files, directory)) {
      return false;
    }
    return MemoryStore.inspect(files, directory).status() == Status.NOT_A_STORE
        && isRefused(() -> MemoryStore.open(files, directory).close())
        && isRefused(() -> MemoryStore.restore(files, directory, Path.of("/elsewhere")));
  }

  private static boolean isRefused(Runnable use) {
    try {
      use.run();
      return false;
    } catch (IllegalArgumentException | UnsupportedFormatException e) {
      return true;
    }
  }

  private static void empty(MemoryFiles files, Path directory) throws IOException {
    for (Path entry : List.copyOf(files.list(directory))) {
      if (files.isDirectory(entry)) {
        empty(files, entry);
        files.deleteDirectory(entry);
      } else {
        files.delete(entry);
      }
    }
  }
}
