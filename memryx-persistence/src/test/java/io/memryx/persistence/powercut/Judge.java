package io.memryx.persistence.powercut;

import io.memryx.Entry;
import io.memryx.VectorCollection;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.VerifyReport.Status;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.internal.file.MemoryStore.Manifested;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.Expectation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens what a power cut left, and says what is wrong with it. */
final class Judge {
  private Judge() {}

  /** What happens to what a power cut left before it is opened. */
  enum Damage {
    NONE,
    /** The newest snapshot of the shared collection is damaged. */
    NEWEST_SNAPSHOT
  }

  /** What is wrong with an image, if anything. */
  static Optional<String> violation(Image image, Expectation expectation, Damage damage) {
    try {
      MemoryFiles files = image.files();
      return switch (damage) {
        case NONE -> violation(files, expectation, Status.SOUND);
        case NEWEST_SNAPSHOT -> {
          damageNewest(files);
          yield violation(files, expectation, Status.DAMAGED_RECOVERABLE);
        }
      };
    } catch (IOException | RuntimeException e) {
      return Optional.of("it can't be opened and used: " + e);
    }
  }

  private static void damageNewest(MemoryFiles files) {
    Path newest =
        MemoryStore.generations(files).stream()
            .map(Manifested::snapshot)
            .filter(file -> file.toString().contains("/" + Script.SHARED + "-"))
            .findFirst()
            .orElseThrow();
    byte[] bytes = files.bytes(newest);
    bytes[bytes.length / 2] ^= 1;
    files.damage(newest, bytes);
  }

  private static Optional<String> violation(
      MemoryFiles files, Expectation expectation, Status status) {
    Contents changed;
    try (var store = MemoryStore.open(files)) {
      Optional<String> violation = expectation.violation(Contents.of(store.vectors()));
      if (violation.isPresent()) {
        return violation;
      }
      VectorCollection shared = store.vectors().collection(Script.SHARED, Recording.OPTIONS);
      shared.upsert(List.of(Entry.of("afterwards", new float[] {-1, 0})));
      changed = Contents.of(store.vectors());
    }
    try (var store = MemoryStore.open(files)) {
      Contents again = Contents.of(store.vectors());
      if (!again.equals(changed)) {
        return Optional.of("after one more upsert %s, reopened %s".formatted(changed, again));
      }
    }
    VerifyReport report = MemoryStore.inspect(files);
    return report.status() == status
        ? Optional.empty()
        : Optional.of("%s: %s".formatted(report.status(), report.findings()));
  }
}
