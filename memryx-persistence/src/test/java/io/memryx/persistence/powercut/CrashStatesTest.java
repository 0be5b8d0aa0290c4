package io.memryx.persistence.powercut;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.memryx.persistence.powercut.Enumeration.Outcome;
import io.memryx.persistence.powercut.Judge.Damage;
import io.memryx.persistence.powercut.Script.Shape;
import org.junit.jupiter.api.Test;

/** That whatever a power cut leaves is opened, and holds what was promised. */
class CrashStatesTest {

  /** How many states are made at least; the deep profile makes more. */
  private static final int STATES = Integer.getInteger("memryx.powercut.states", 20_000);

  /** The first script: {@code -Dmemryx.powercut.seed=N -Dmemryx.powercut.states=1} plays one. */
  private static final long FIRST_SEED = Long.getLong("memryx.powercut.seed", 0);

  @Test
  void powerCutAtAnyOperation_keepsWhatWasAcknowledgedAndLeavesNothingHalf() {
    int states = 0;
    int prefixes = 0;
    long seed = FIRST_SEED;
    for (; states < STATES; seed++) {
      Recording recording = Recording.of(script(seed));
      Outcome outcome = Enumeration.of(recording);
      outcome.violation().ifPresent(violation -> fail(violation));
      states += outcome.states();
      prefixes += recording.events().size();
    }
    System.out.printf(
        "power cuts: %,d states after %,d operations of %d scripts from seed %d: none lost, none"
            + " half, all open%n",
        states, prefixes, seed - FIRST_SEED, FIRST_SEED);
    assertTrue(states >= STATES);
  }

  @Test
  void powerCutAndTheNewestSnapshotDamaged_losesNothingEither() {
    int states = 0;
    long seed = FIRST_SEED;
    for (; states < STATES / 40; seed++) {
      Recording recording = Recording.of(script(seed));
      Outcome outcome =
          Enumeration.of(recording.script(), recording.events(), Damage.NEWEST_SNAPSHOT);
      outcome.violation().ifPresent(violation -> fail(violation));
      states += outcome.states();
    }
    System.out.printf(
        "power cuts, then the newest snapshot damaged: %,d states of %d scripts: none lost%n",
        states, seed - FIRST_SEED);
    assertTrue(states >= STATES / 40);
  }

  private static Script script(long seed) {
    return Script.of(seed, seed % 2 == 0 ? Shape.ALONE : Shape.TWO_CLIENTS);
  }
}
