package io.memryx.persistence.powercut;

import io.memryx.Entry;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.Judge.Damage;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.End;
import io.memryx.persistence.powercut.Promise.Expectation;
import io.memryx.persistence.powercut.StoreWitness.Kept;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Expects of a store that is opened after a crash what its clients were promised before that; and
 * when it was open, that nothing is taken back of what it served.
 */
final class OpeningWitness implements Witness {
  /** May be upserted when the store is open. */
  static final Entry AFTERWARDS = Entry.of("takeover", new float[] {-2, 0});

  private final Expectation expectation;
  private final Contents served;
  private boolean opened;

  /** Of a store that serves these contents once it is open. */
  OpeningWitness(Expectation expectation, Contents served) {
    this.expectation = expectation;
    this.served = served;
  }

  @Override
  public void apply(Event event) {
    opened |= event instanceof Event.Opened;
  }

  @Override
  public List<Survivors> survivors(Medium medium) {
    return Survivors.all(medium.nameChanges().size(), medium.byteChanges().size());
  }

  @Override
  public Demand demand(End end) {
    var kept = new Kept(expectation, Damage.NONE);
    return opened ? new Served(kept, served) : kept;
  }

  /** That the same is there that was served. */
  private record Served(Kept kept, Contents served) implements Demand {
    @Override
    public Optional<String> violation(Image image) {
      Optional<String> violation = kept.violation(image);
      if (violation.isPresent()) {
        return violation;
      }
      try (MemoryStore store = MemoryStore.open(image.files())) {
        Contents again = Contents.of(store.vectors()).without(AFTERWARDS.id());
        return again.equals(served)
            ? Optional.empty()
            : Optional.of("it served %s before, now %s".formatted(served, again));
      } catch (IOException e) {
        return Optional.of("it can't be read: " + e);
      }
    }

    @Override
    public long digest() {
      return ~kept.digest();
    }
  }
}
