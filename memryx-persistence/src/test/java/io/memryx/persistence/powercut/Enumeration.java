package io.memryx.persistence.powercut;

import io.memryx.persistence.powercut.Judge.Damage;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.End;
import io.memryx.persistence.powercut.Witness.Demand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Goes through everything that a power cut at any moment of a recording may leave. */
final class Enumeration {
  private final Script script;
  private final Medium medium;
  private final Witness witness;
  private final Set<State.Identity> seen = new HashSet<>();
  private int states;

  private Enumeration(Script script, Medium medium, Witness witness) {
    this.script = script;
    this.medium = medium;
    this.witness = witness;
  }

  /**
   * What was found.
   *
   * @param states how many different ones were judged: of image and demand at least one is another
   * @param violation the first that was found
   */
  record Outcome(int states, Optional<String> violation) {}

  private record State(int prefix, Survivors survivors, Image image, Demand demand) {
    private record Identity(long image, long demand) {}
  }

  /** Makes and judges every state, until one is not as it should be. */
  static Outcome of(Recording recording) {
    return of(recording.script(), recording.events());
  }

  /** As of a recording with these events. */
  static Outcome of(Script script, List<Event> events) {
    return of(script, events, Damage.NONE);
  }

  /** Of what is made with other damage besides. */
  static Outcome of(Script script, List<Event> events, Damage damage) {
    return of(script, Medium.empty(), events, new StoreWitness(script, damage));
  }

  /**
   * Of what happens to a medium, as a witness judges it.
   *
   * @param script what was played, for whoever reads what is wrong
   * @param medium changes with the events
   */
  static Outcome of(Script script, Medium medium, List<Event> events, Witness witness) {
    var enumeration = new Enumeration(script, medium, witness);
    for (int i = 0; i < events.size(); i++) {
      enumeration.apply(events.get(i));
      Optional<String> violation =
          events.get(i) instanceof Event.Begun ? Optional.empty() : enumeration.violation(i + 1);
      if (violation.isPresent()) {
        return new Outcome(
            enumeration.states, violation.map(what -> what + enumeration.context(events)));
      }
    }
    return new Outcome(enumeration.states, Optional.empty());
  }

  private void apply(Event event) {
    medium.apply(event);
    witness.apply(event);
  }

  /** What comes before the cut, the last of it event by event. */
  private String context(List<Event> events) {
    return "%n%s%nbytes on their way: %s%nnames on their way: %s%nevents: %s"
        .formatted(
            script,
            medium.byteChanges(),
            medium.nameChanges(),
            String.join("\n  ", events.stream().map(Event::toString).toList()));
  }

  private Optional<String> violation(int prefix) {
    List<State> fresh = new ArrayList<>();
    for (Survivors survivors : witness.survivors(medium)) {
      End end = survivors.equals(Survivors.ALL) ? End.PROCESS_KILLED : End.POWER_CUT;
      var state = new State(prefix, survivors, medium.after(survivors), witness.demand(end));
      if (seen.add(new State.Identity(medium.digest(state.image()), state.demand().digest()))) {
        fresh.add(state);
      }
    }
    states += fresh.size();
    return fresh.parallelStream()
        .map(
            state ->
                state
                    .demand()
                    .violation(state.image())
                    .map(
                        what ->
                            "after %d events, left are %s: %s"
                                .formatted(state.prefix(), state.survivors(), what)))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
