package io.memryx.persistence.powercut;

import io.memryx.persistence.DurabilityOptions.Mode;
import io.memryx.persistence.powercut.Event.Begun;
import io.memryx.persistence.powercut.Event.Forced;
import io.memryx.persistence.powercut.Event.Returned;
import io.memryx.persistence.powercut.Script.Action;
import io.memryx.persistence.powercut.Script.Call;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must be found after the events until now. Not thread-safe. */
final class Promise {
  private final Mode mode;
  private final List<Column> columns = new ArrayList<>();
  private final int[] begun;
  private final int[] returned;

  /** How many calls of a column a power cut may not take. */
  private final int[] safe;

  /** How many calls of each column had returned when a copy began. */
  private int[] returnedBeforeCopy = {};

  /** By number of a build: how many calls of each column had returned when it began. */
  private final Map<Integer, int[]> frozen = new HashMap<>();

  /** The directory of each file of a log. */
  private final Map<Integer, String> logs = new HashMap<>();

  /** Logs' files with bytes that are not forced. */
  private final Set<Integer> unforced = new HashSet<>();

  private boolean sharedIsBuilt;

  /** How a store ended. */
  enum End {
    POWER_CUT,
    PROCESS_KILLED
  }

  Promise(Script script) {
    this.mode = script.mode();
    for (String collection : List.of(Script.SHARED, "own-0", "own-1")) {
      for (int client = 0; client < 2; client++) {
        if (!collection.equals("own-" + (1 - client))) {
          columns.add(Column.of(script, collection, client));
        }
      }
    }
    this.begun = new int[columns.size()];
    this.returned = new int[columns.size()];
    this.safe = new int[columns.size()];
  }

  void apply(Event event) {
    switch (event) {
      case Begun(Call call) -> {
        begun[column(call)]++;
        frozen.put(call.number(), returned.clone());
      }
      case Returned(Call call) -> returned(call);
      case Event.Created(Path name, int file) -> {
        if (name.getFileName().toString().endsWith(".log")) {
          logs.put(file, Event.parent(name).getFileName().toString());
        }
      }
      case Event.ByteChange change -> {
        if (logs.containsKey(change.file())) {
          unforced.add(change.file());
        }
      }
      case Forced(int file, Forced.Depth _) -> {
        unforced.remove(file);
        Optional.ofNullable(logs.get(file)).ifPresent(this::logForced);
      }
      case Event.CopyBegun _ -> returnedBeforeCopy = returned.clone();
      case Event.NameChange _, Event.Synced _, Event.CopyReturned _, Event.Opened _ -> {}
    }
  }

  private int column(Call call) {
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.client() == call.client() && column.collection().equals(call.collection())) {
        return i;
      }
    }
    throw new IllegalArgumentException(call.toString());
  }

  private void returned(Call call) {
    int own = column(call);
    returned[own]++;
    switch (call.action()) {
      case Action.Make(), Action.Drop() -> safe[own] = returned[own];
      case Action.Build() -> {
        sharedIsBuilt |= call.collection().equals(Script.SHARED);
        int[] built = frozen.getOrDefault(call.number(), returned);
        for (int i = 0; i < safe.length; i++) {
          if (columns.get(i).collection().equals(call.collection())) {
            safe[i] = Math.max(safe[i], built[i]);
          }
        }
      }
      case Action.Upsert _, Action.Delete _ -> {}
    }
  }

  /** If nothing of a collection's log is on its way any more, all of its calls are safe. */
  private void logForced(String directory) {
    if (unforced.stream().anyMatch(file -> directory.equals(logs.get(file)))) {
      return;
    }
    for (int i = 0; i < safe.length; i++) {
      if (directory.startsWith(columns.get(i).collection() + "-")) {
        safe[i] = Math.max(safe[i], returned[i]);
      }
    }
  }

  /** Whether the shared collection has more than the generation that it began with. */
  boolean sharedIsBuilt() {
    return sharedIsBuilt;
  }

  /** What must be there now. */
  Expectation expectation(End end) {
    boolean allReturned = end == End.PROCESS_KILLED || mode == Mode.FSYNC;
    int[] least = (allReturned ? returned : safe).clone();
    return new Expectation(columns, least, begun.clone());
  }

  /** What must be in the copy that was begun, in every mode. */
  Expectation expectationOfCopy() {
    return new Expectation(columns, returnedBeforeCopy, begun.clone());
  }

  /**
   * That of each column's calls so many were made at least, and so many at most.
   *
   * @param least by column
   * @param most by column
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by digest only
  record Expectation(List<Column> columns, int[] least, int[] most) {

    /** What is wrong with some contents. */
    Optional<String> violation(Contents contents) {
      Set<String> known = new HashSet<>();
      for (int i = 0; i < columns.size(); i++) {
        Column column = columns.get(i);
        known.add(column.collection());
        var accepted = column.states().subList(least[i], most[i] + 1);
        if (!accepted.contains(column.of(contents))) {
          return Optional.of(
              "client %d in '%s': expected what is there after %d to %d of %s, found %s"
                  .formatted(
                      column.client(),
                      column.collection(),
                      least[i],
                      most[i],
                      column.calls(),
                      contents));
        }
      }
      return known.containsAll(contents.collections().keySet())
          ? Optional.empty()
          : Optional.of("phantoms in " + contents);
    }

    /** Tells expectations of one script apart; a larger {@code most} only accepts more. */
    long digest() {
      return Arrays.hashCode(least) * 31L;
    }
  }
}
