package io.memryx.persistence.powercut;

import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.Judge.Damage;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.End;
import io.memryx.persistence.powercut.Promise.Expectation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Goes through everything that a power cut at any moment of a recording may leave. */
final class Enumeration {
  private final Script script;
  private final Damage damage;
  private final Medium medium = new Medium(Event.parent(MemoryStore.ROOT));
  private final Promise promise;
  private final Set<State.Identity> seen = new HashSet<>();
  private int states;

  private Enumeration(Script script, Damage damage) {
    this.script = script;
    this.damage = damage;
    this.promise = new Promise(script);
  }

  /**
   * What was found.
   *
   * @param states how many different ones were judged: of image and expectation at least one is
   *     another
   * @param violation the first that was found
   */
  record Outcome(int states, Optional<String> violation) {}

  private record State(int prefix, Survivors survivors, Image image, Expectation expectation) {
    private record Identity(long image, long expectation) {}
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
    var enumeration = new Enumeration(script, damage);
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
    promise.apply(event);
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

  private List<Survivors> survivors() {
    return switch (damage) {
      case NONE -> Survivors.all(medium.nameChanges().size(), medium.byteChanges().size());
      case NEWEST_SNAPSHOT ->
          promise.sharedIsBuilt() ? List.of(Survivors.ALL, Survivors.NONE) : List.of();
    };
  }

  private Optional<String> violation(int prefix) {
    List<State> fresh = new ArrayList<>();
    for (Survivors survivors : survivors()) {
      End end = survivors.equals(Survivors.ALL) ? End.PROCESS_KILLED : End.POWER_CUT;
      var state = new State(prefix, survivors, medium.after(survivors), promise.expectation(end));
      if (seen.add(
          new State.Identity(medium.digest(state.image()), state.expectation().digest()))) {
        fresh.add(state);
      }
    }
    states += fresh.size();
    return fresh.parallelStream()
        .map(
            state ->
                Judge.violation(state.image(), state.expectation(), damage)
                    .map(
                        what ->
                            "after %d events, left are %s: %s"
                                .formatted(state.prefix(), state.survivors(), what)))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
