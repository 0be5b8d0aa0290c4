package io.memryx.persistence.powercut;

import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.CopyJudge.Progress;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.End;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Expects of a restore that it makes all of the store or none, and leaves its source alone. */
final class RestoreWitness implements Witness {
  static final Path RESTORED = Path.of("/restored");

  private final Image before;
  private final Path source;
  private final Contents contents;
  private boolean returned;

  /** Of what is restored from a source in an image. */
  RestoreWitness(Image before, Path source) throws IOException {
    this.before = before;
    this.source = source;
    MemoryFiles files = before.files();
    this.contents = restored(files, source);
  }

  private static Contents restored(MemoryFiles files, Path source) {
    MemoryStore.restore(files, source, RESTORED);
    return contents(files);
  }

  private static Contents contents(MemoryFiles files) {
    try (MemoryStore restored = MemoryStore.open(files, RESTORED)) {
      return Contents.of(restored.vectors());
    }
  }

  @Override
  public void apply(Event event) {
    returned |= event instanceof Event.CopyReturned;
  }

  @Override
  public List<Survivors> survivors(Medium medium) {
    return Survivors.all(medium.nameChanges().size(), medium.byteChanges().size());
  }

  @Override
  public Demand demand(End end) {
    return new Restored(returned ? Progress.RETURNED : Progress.BEGUN);
  }

  /** That there is a store, or recognizably none. */
  private final class Restored implements Demand {
    private final Progress progress;

    Restored(Progress progress) {
      this.progress = progress;
    }

    @Override
    public Optional<String> violation(Image image) {
      for (Map.Entry<Path, Integer> file : before.names().entrySet()) {
        Integer now = image.names().get(file.getKey());
        if (now == null || !Arrays.equals(image.bytes(now), before.bytes(file.getValue()))) {
          return Optional.of(file.getKey() + " of the source is another");
        }
      }
      try {
        return new CopyJudge(RESTORED, progress, new OfSource()).violation(image.files());
      } catch (IOException | RuntimeException e) {
        return Optional.of("the restored store: " + e);
      }
    }

    @Override
    public long digest() {
      return progress.name().hashCode();
    }
  }

  /** The store that the source gives. */
  private final class OfSource implements CopyJudge.Copy {
    @Override
    public Optional<String> again(MemoryFiles files, Path directory) {
      return violation(restored(files, source));
    }

    @Override
    public Optional<String> violation(MemoryFiles files, Path directory) {
      try (MemoryStore restored = MemoryStore.open(files, directory)) {
        return violation(Contents.of(restored.vectors()));
      }
    }

    private Optional<String> violation(Contents found) {
      return found.equals(contents)
          ? Optional.empty()
          : Optional.of("it has %s, restored were %s".formatted(found, contents));
    }
  }
}
