package io.memryx.persistence.powercut;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.memryx.persistence.DurabilityOptions.Mode;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.Enumeration.Outcome;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.End;
import io.memryx.persistence.powercut.Promise.Expectation;
import io.memryx.persistence.powercut.Script.Shape;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * That a power cut while the store is opened does no harm either, after a first power cut or after
 * its process was killed, which leaves names and bytes on their way.
 */
class OpeningStatesTest {
  /** How many states are made at least; the deep profile makes more. */
  private static final int STATES = Integer.getInteger("memryx.powercut.states", 20_000) / 8;

  private static final long FIRST_SEED = Long.getLong("memryx.powercut.seed", 0);

  /** First power cuts of each script. */
  private static final int CRASHES = 12;

  @Test
  void powerCutDuringTheOpeningAfterAPowerCut_losesNothingThatWasPromisedOrServed()
      throws IOException {
    int states = 0;
    int openings = 0;
    long seed = FIRST_SEED;
    for (; states < STATES; seed++) {
      Recording recording = Recording.of(script(seed));
      var random = new SplittableRandom(seed);
      for (int crash = 0; crash < CRASHES; crash++) {
        states += opened(recording, random);
        openings++;
      }
    }
    System.out.printf(
        "power cuts during openings after power cuts: %,d states of %d openings after %d scripts"
            + " from seed %d: none lost%n",
        states, openings, seed - FIRST_SEED, FIRST_SEED);
    assertTrue(states >= STATES);
  }

  @Test
  void powerCutDuringTheOpeningAfterAKill_atAnyNameOrBeginning_losesNothingThatWasPromised()
      throws IOException {
    int states = 0;
    int scripts = 0;
    for (long seed = FIRST_SEED; states < STATES; seed++) {
      Script script = Script.of(seed, Mode.FSYNC, Shape.ALONE);
      if (drops(script)) {
        scripts++;
        Recording recording = Recording.of(script);
        for (int events = 1; events <= recording.events().size(); events++) {
          states += openedAfterKill(recording, recording.events().subList(0, events));
        }
      }
    }
    System.out.printf(
        "power cuts during openings after kills: %,d states of %d scripts with drops from seed %d:"
            + " none lost%n",
        states, scripts, FIRST_SEED);
    assertTrue(states >= STATES);
  }

  private static boolean drops(Script script) {
    return script.phases().stream()
        .flatMap(phase -> phase.clients().stream())
        .flatMap(List::stream)
        .anyMatch(call -> call.action() instanceof Script.Action.Drop);
  }

  /** Opens what some power cut leaves, and goes through the power cuts of that. */
  private static int opened(Recording recording, SplittableRandom random) throws IOException {
    List<Event> before =
        recording.events().subList(0, random.nextInt(1, recording.events().size() + 1));
    var promise = new Promise(recording.script());
    before.forEach(promise::apply);
    Medium medium = Medium.after(before);
    List<Survivors> all = Survivors.all(medium.nameChanges().size(), medium.byteChanges().size());
    Survivors survivors = all.get(random.nextInt(all.size()));
    Image image = medium.after(survivors);
    if (!survivors.equals(Survivors.ALL)) {
      medium = Medium.of(image);
    }
    var crash = new Crash(recording.script(), before, image, medium);
    return crash.judged(promise.expectation(End.POWER_CUT));
  }

  /** Opens what is there when the process is killed where names or files are begun. */
  private static int openedAfterKill(Recording recording, List<Event> before) throws IOException {
    boolean begun =
        switch (before.getLast()) {
          case Event.NameChange change -> true;
          case Event.Written written -> written.offset() == 0;
          case Event.Resized resized -> true;
          default -> false;
        };
    if (!begun) {
      return 0;
    }
    var promise = new Promise(recording.script());
    before.forEach(promise::apply);
    Medium medium = Medium.after(before);
    var crash = new Crash(recording.script(), before, medium.after(Survivors.ALL), medium);
    return crash.judged(promise.expectation(End.POWER_CUT));
  }

  /**
   * What a store is opened after.
   *
   * @param before what happened until then
   * @param image what the opening finds
   * @param medium how much of that is durable
   */
  private record Crash(Script script, List<Event> before, Image image, Medium medium) {
    int judged(Expectation expectation) throws IOException {
      TracingFiles files = TracingFiles.of(image, before);
      Contents served;
      try (MemoryStore store = MemoryStore.open(files)) {
        served = Contents.of(store.vectors());
        files.add(new Event.Opened());
        // The first change takes the store over, and goes on behind a log that was cut off.
        store
            .vectors()
            .find(Script.SHARED)
            .ifPresent(shared -> shared.upsert(List.of(OpeningWitness.AFTERWARDS)));
      }
      Outcome outcome =
          Enumeration.of(script, medium, files.events(), new OpeningWitness(expectation, served));
      outcome.violation().ifPresent(violation -> fail(violation));
      return outcome.states();
    }
  }

  private static Script script(long seed) {
    return Script.of(seed, seed % 2 == 0 ? Shape.ALONE : Shape.TWO_CLIENTS);
  }
}
