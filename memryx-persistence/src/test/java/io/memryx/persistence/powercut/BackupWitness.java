package io.memryx.persistence.powercut;

import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.CopyJudge.Progress;
import io.memryx.persistence.powercut.Judge.Damage;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.End;
import io.memryx.persistence.powercut.Promise.Expectation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Expects of a backup that it holds what had returned when it began, and of its source that it is
 * unharmed.
 */
final class BackupWitness implements Witness {
  static final Path BACKUP = Path.of("/backup");

  private final Promise promise;
  private boolean begun;
  private boolean returned;

  /** Of a script, beside which a backup is made. */
  BackupWitness(Script script) {
    this.promise = new Promise(script);
  }

  @Override
  public void apply(Event event) {
    promise.apply(event);
    begun |= event instanceof Event.CopyBegun;
    returned |= event instanceof Event.CopyReturned;
  }

  @Override
  public List<Survivors> survivors(Medium medium) {
    return begun
        ? Survivors.all(medium.nameChanges().size(), medium.byteChanges().size())
        : List.of();
  }

  @Override
  public Demand demand(End end) {
    return new BackedUp(
        promise.expectation(end),
        promise.expectationOfCopy(),
        returned ? Progress.RETURNED : Progress.BEGUN);
  }

  /**
   * That there is a backup, or recognizably none.
   *
   * @param ofStore what must be in the source
   * @param ofBackup what must be in the backup, if there is one
   */
  private record BackedUp(Expectation ofStore, Expectation ofBackup, Progress progress)
      implements Demand {
    @Override
    public Optional<String> violation(Image image) {
      Optional<String> violation = Judge.violation(image, ofStore, Damage.NONE);
      if (violation.isPresent()) {
        return violation;
      }
      try {
        MemoryFiles files = image.files();
        // As the server does before anybody copies from it.
        MemoryStore.open(files).close();
        return new CopyJudge(BACKUP, progress, new OfStore(ofBackup, ofStore)).violation(files);
      } catch (IOException | RuntimeException e) {
        return Optional.of("the backup: " + e);
      }
    }

    @Override
    public long digest() {
      return (ofStore.digest() * 31 + ofBackup.digest()) * 31 + progress.name().hashCode();
    }
  }

  /** A backup of the store. */
  private record OfStore(Expectation whenBegun, Expectation now) implements CopyJudge.Copy {
    /** What is there after a crash may be less than what was there before. */
    @Override
    public Optional<String> again(MemoryFiles files, Path directory) {
      MemoryStore.backup(files, directory);
      return now.violation(restored(files, directory));
    }

    @Override
    public Optional<String> violation(MemoryFiles files, Path directory) {
      return whenBegun.violation(restored(files, directory));
    }

    private static Contents restored(MemoryFiles files, Path backup) {
      Path directory = Path.of(backup + "-restored");
      MemoryStore.restore(files, backup, directory);
      try (MemoryStore restored = MemoryStore.open(files, directory)) {
        return Contents.of(restored.vectors());
      }
    }
  }
}
