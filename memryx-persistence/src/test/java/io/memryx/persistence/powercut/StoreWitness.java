package io.memryx.persistence.powercut;

import io.memryx.persistence.powercut.Judge.Damage;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.End;
import io.memryx.persistence.powercut.Promise.Expectation;
import java.util.List;
import java.util.Optional;

/** Expects of the store what its clients were promised. */
final class StoreWitness implements Witness {
  private final Promise promise;
  private final Damage damage;

  /** Of a script, whose store is damaged besides. */
  StoreWitness(Script script, Damage damage) {
    this.promise = new Promise(script);
    this.damage = damage;
  }

  @Override
  public void apply(Event event) {
    promise.apply(event);
  }

  @Override
  public List<Survivors> survivors(Medium medium) {
    return switch (damage) {
      case NONE -> Survivors.all(medium.nameChanges().size(), medium.byteChanges().size());
      case NEWEST_SNAPSHOT ->
          promise.sharedIsBuilt() ? List.of(Survivors.ALL, Survivors.NONE) : List.of();
    };
  }

  @Override
  public Demand demand(End end) {
    return new Kept(promise.expectation(end), damage);
  }

  /** That the store opens with what was promised. */
  record Kept(Expectation expectation, Damage damage) implements Demand {
    @Override
    public Optional<String> violation(Image image) {
      return Judge.violation(image, expectation, damage);
    }

    @Override
    public long digest() {
      return expectation.digest();
    }
  }
}
