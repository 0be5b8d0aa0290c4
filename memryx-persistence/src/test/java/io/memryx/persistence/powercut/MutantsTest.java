package io.memryx.persistence.powercut;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.persistence.DurabilityOptions.Mode;
import io.memryx.persistence.powercut.Judge.Damage;
import io.memryx.persistence.powercut.Script.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That the enumeration of power cuts finds a store that does not do all it should. */
class MutantsTest {

  /**
   * Faults that nothing comes of; what is not here must be found. A snapshot that is renamed first
   * is forced later, but still before a manifest names it; until then it is an orphan, whole or
   * not.
   */
  private static final Set<Mutant> WITHOUT_CONSEQUENCES = EnumSet.of(Mutant.SNAPSHOT_RENAMED_FIRST);

  /** Faults that show only when the newest generation is damaged besides. */
  private static final Set<Mutant> MASKED_BY_THE_NEWEST = EnumSet.of(Mutant.ONE_GENERATION_KEPT);

  /** So many recordings a fault without consequences has to survive. */
  private static final int SURVIVED = 3;

  private static final List<Recording> RECORDINGS = new ArrayList<>();

  @BeforeAll
  static void play() {
    LongStream.range(0, 24)
        .mapToObj(seed -> Script.of(seed, Mode.FSYNC, Shape.ALONE))
        .map(Recording::of)
        .forEach(RECORDINGS::add);
  }

  @Test
  void everyMutant_isKilledByAPowerCut_orHasNoConsequences() {
    List<String> wrong = new ArrayList<>();
    int killed = 0;
    for (Mutant mutant : Mutant.values()) {
      long changed = RECORDINGS.stream().filter(it -> isChanged(mutant, it)).count();
      boolean dies = kills(mutant);
      killed += dies ? 1 : 0;
      System.out.printf(
          "mutant %s: changes %d of %d recordings, %s%n",
          mutant, changed, RECORDINGS.size(), dies ? "killed" : "survives");
      if (changed == 0 || dies == WITHOUT_CONSEQUENCES.contains(mutant)) {
        wrong.add(mutant + (dies ? " is killed" : " survives"));
      }
    }
    System.out.printf(
        "mutants: %d of %d killed, %s without consequences%n",
        killed, Mutant.values().length, WITHOUT_CONSEQUENCES);
    assertEquals(List.of(), wrong);
  }

  private static boolean isChanged(Mutant mutant, Recording recording) {
    return !mutant.of(recording.events()).equals(recording.events());
  }

  private static boolean kills(Mutant mutant) {
    return RECORDINGS.stream()
        .filter(recording -> isChanged(mutant, recording))
        // What is never found would take all the time there is.
        .limit(WITHOUT_CONSEQUENCES.contains(mutant) ? SURVIVED : RECORDINGS.size())
        .flatMap(
            recording ->
                Stream.of(
                    Enumeration.of(
                        recording.script(),
                        mutant.of(recording.events()),
                        MASKED_BY_THE_NEWEST.contains(mutant)
                            ? Damage.NEWEST_SNAPSHOT
                            : Damage.NONE)))
        .anyMatch(outcome -> outcome.violation().isPresent());
  }
}
