package io.memryx.persistence.crash;

import io.memryx.persistence.DurabilityOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a store must have after the process that wrote it has ended. Each client makes one step at a
 * time, so what is left of its entries must be what its first p steps make, where p is at least the
 * number acknowledged and at most the number tried: then nothing acknowledged is lost, nothing is
 * there that nobody tried, each batch is whole, and there is no hole.
 *
 * <p>Stays with a store over any number of processes.
 */
final class Oracle {
  private final Script script;
  private final List<Map<String, Long>> entries = new ArrayList<>();
  private final long[] made = new long[Script.CLIENTS];
  private long life = 1;

  Oracle(Script script) {
    this.script = script;
    for (int client = 0; client < Script.CLIENTS; client++) {
      entries.add(new HashMap<>());
    }
  }

  /** Another one that knows the same. */
  Oracle copy() {
    var copy = new Oracle(script);
    for (int client = 0; client < Script.CLIENTS; client++) {
      copy.entries.set(client, new HashMap<>(entries.get(client)));
      copy.made[client] = made[client];
    }
    copy.life = life;
    return copy;
  }

  /** An order that goes on where the last judgement found the clients. */
  WorkOrder order(Path directory, Path journal) {
    var first = new ArrayList<Long>();
    for (long steps : made) {
      first.add(steps + 1);
    }
    return new WorkOrder(
        directory,
        journal,
        script,
        life,
        first,
        WorkOrder.UNTIL_STOPPED,
        DurabilityOptions.fsync(),
        WorkOrder.Work.CONCURRENT,
        Sabotage.NONE);
  }

  /** Judges what a process left that was killed, and takes that as the truth from here on. */
  Verdict judge(Recovered recovered, AckJournal journal) {
    return judge(recovered, journal, OptionalLong.empty());
  }

  /**
   * Judges what a process left whose power was cut. What was acknowledged after that was promised
   * to nobody: a machine without power tells nothing, only one whose file system was shut down
   * under it goes on for a moment, in which ext4 and XFS report some forces as done that were not.
   *
   * @param cut {@link System#nanoTime} when the power was cut; empty if the process was killed
   */
  Verdict judge(Recovered recovered, AckJournal journal, OptionalLong cut) {
    var verdict = new Verdict();
    verdict.wrong(recovered.strangers().size(), "entries of nobody: " + recovered.strangers());
    for (int client = 0; client < Script.CLIENTS; client++) {
      judge(client, recovered.stamps(script, client), journal, cut, verdict);
    }
    life++;
    return verdict;
  }

  private void judge(
      int client, Map<String, Long> found, AckJournal journal, OptionalLong cut, Verdict verdict) {
    long tried = Math.max(journal.tried(client), made[client]);
    long answered =
        cut.isPresent()
            ? journal.acknowledgedBefore(client, cut.getAsLong())
            : journal.acknowledged(client);
    long acknowledged = Math.max(answered, made[client]);
    verdict.late += Math.max(journal.acknowledged(client), acknowledged) - acknowledged;
    long reached = reached(client, found, tried);
    verdict.acknowledged += acknowledged - made[client];
    if (reached < 0) {
      verdict.wrong(
          1,
          "client %d: its %d entries are not what any of its steps %d to %d left (%d were acknowledged): %s"
              .formatted(
                  client,
                  found.size(),
                  made[client],
                  tried,
                  acknowledged,
                  difference(client, found, acknowledged)));
    } else if (reached < acknowledged) {
      verdict.lost(
          acknowledged - reached,
          cut.isPresent() ? cut.getAsLong() - journal.acknowledgedAt(client, reached + 1) : 0,
          "client %d: steps %d to %d were acknowledged and are lost"
              .formatted(client, reached + 1, acknowledged));
    } else {
      verdict.unanswered += reached - acknowledged;
    }
    made[client] = reached < 0 ? acknowledged : reached;
    entries.set(client, found);
  }

  /**
   * Judges a copy of the store that was made while the process worked that is judged next; what it
   * has is not taken as the truth.
   *
   * @param acknowledged each client's step that was acknowledged last before the copy was begun
   */
  Verdict judgeCopy(Recovered copied, AckJournal journal, List<Long> acknowledged) {
    var verdict = new Verdict();
    verdict.wrong(copied.strangers().size(), "in a copy, of nobody: " + copied.strangers());
    for (int client = 0; client < Script.CLIENTS; client++) {
      long tried = Math.max(journal.tried(client), made[client]);
      long least = Math.max(acknowledged.get(client), made[client]);
      long reached = reached(client, copied.stamps(script, client), tried);
      verdict.wrong(
          reached < least ? 1 : 0,
          "client %d: a copy begun after step %d has what step %d left (-1: none)"
              .formatted(client, least, reached));
    }
    return verdict;
  }

  /** The largest number of steps that leave exactly this; -1 if none does. */
  private long reached(int client, Map<String, Long> found, long tried) {
    var state = new HashMap<>(entries.get(client));
    long reached = state.equals(found) ? made[client] : -1;
    for (long number = made[client] + 1; number <= tried; number++) {
      script.step(client, number).applyTo(state, Script.stamp(life, number));
      if (state.equals(found)) {
        reached = number;
      }
    }
    return reached;
  }

  /**
   * How many steps of the process judged last were acknowledged after that, though they would
   * change what was found. A step that changes nothing needs no log, and none is lost with it.
   */
  long acknowledgedSince(AckJournal journal) {
    long changes = 0;
    for (int client = 0; client < Script.CLIENTS; client++) {
      var state = new HashMap<>(entries.get(client));
      for (long number = made[client] + 1; number <= journal.acknowledged(client); number++) {
        var before = new HashMap<>(state);
        script.step(client, number).applyTo(state, Script.stamp(life - 1, number));
        changes += state.equals(before) ? 0 : 1;
      }
    }
    return changes;
  }

  private String difference(int client, Map<String, Long> found, long acknowledged) {
    var state = new HashMap<>(entries.get(client));
    for (long number = made[client] + 1; number <= acknowledged; number++) {
      script.step(client, number).applyTo(state, Script.stamp(life, number));
    }
    var lines = new ArrayList<String>();
    state.forEach(
        (id, stamp) -> {
          if (!stamp.equals(found.get(id))) {
            lines.add("%s should be %x and is %x".formatted(id, stamp, found.get(id)));
          }
        });
    found.forEach(
        (id, stamp) -> {
          if (!state.containsKey(id)) {
            lines.add("%s should not be there and is %x".formatted(id, stamp));
          }
        });
    return lines.subList(0, Math.min(5, lines.size())).toString();
  }

  /** What was found, summed over clients and over stores. */
  static final class Verdict {
    private long acknowledged;
    private long unanswered;
    private long late;
    private long lost;
    private long oldestLossNanos;
    private long wrong;
    private final List<String> complaints = new ArrayList<>();

    /** Steps acknowledged. */
    long acknowledged() {
      return acknowledged;
    }

    /** Steps that were made though nobody was told. */
    long unanswered() {
      return unanswered;
    }

    /** Steps acknowledged after the power was cut, which may be there or not. */
    long late() {
      return late;
    }

    /** Steps acknowledged of which nothing is left. */
    long lost() {
      return lost;
    }

    /** How long before the power was cut the oldest of the lost steps was acknowledged. */
    long oldestLossNanos() {
      return oldestLossNanos;
    }

    /** Stores, clients or entries whose state nothing explains. */
    long wrong() {
      return wrong;
    }

    /** What was lost and wrong, in words. */
    List<String> complaints() {
      return List.copyOf(complaints);
    }

    /** Notes something that nothing explains. */
    void wrong(long count, String complaint) {
      wrong += count;
      if (count > 0) {
        complaints.add(complaint);
      }
    }

    private void lost(long steps, long ageNanos, String complaint) {
      lost += steps;
      oldestLossNanos = Math.max(oldestLossNanos, ageNanos);
      complaints.add(complaint);
    }

    void add(Verdict other) {
      acknowledged += other.acknowledged;
      unanswered += other.unanswered;
      late += other.late;
      lost += other.lost;
      oldestLossNanos = Math.max(oldestLossNanos, other.oldestLossNanos);
      wrong += other.wrong;
      complaints.addAll(other.complaints);
    }
  }
}
