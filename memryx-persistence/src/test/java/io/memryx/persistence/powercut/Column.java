package io.memryx.persistence.powercut;

import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.persistence.powercut.Script.Action;
import io.memryx.persistence.powercut.Script.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one client does to one collection. Nobody else changes those entries, so what is there after
 * so many of the calls is known.
 *
 * @param states what is there after none of the calls, after the first, …; the collection's
 *     existence is told by the client that makes it
 */
record Column(String collection, int client, List<Call> calls, List<Optional<State>> states) {

  /** The client's entries, by id; there is none of those where the collection is not there. */
  record State(Map<String, Entry> entries) {}

  static Column of(Script script, String collection, int client) {
    List<Call> calls =
        script.phases().stream()
            .flatMap(phase -> phase.clients().stream())
            .flatMap(List::stream)
            .filter(call -> call.client() == client && call.collection().equals(collection))
            .toList();
    List<Optional<State>> states = new ArrayList<>();
    boolean others = client != 0 && collection.equals(Script.SHARED);
    states.add(others ? Optional.of(new State(Map.of())) : Optional.empty());
    for (Call call : calls) {
      states.add(after(states.getLast(), call));
    }
    return new Column(collection, client, calls, states);
  }

  private static Optional<State> after(Optional<State> before, Call call) {
    var entries = new TreeMap<>(before.map(State::entries).orElse(Map.of()));
    switch (call.action()) {
      case Action.Make(), Action.Build() -> {}
      case Action.Upsert upsert -> entries(call, upsert).forEach(it -> entries.put(it.id(), it));
      case Action.Delete(List<Integer> ids) -> ids.forEach(id -> entries.remove(id(call, id)));
      case Action.Drop() -> {
        return Optional.empty();
      }
    }
    return Optional.of(new State(entries));
  }

  /** The entries of a call. */
  static List<Entry> entries(Call call, Action.Upsert upsert) {
    return upsert.ids().stream()
        .map(
            id ->
                Entry.of(
                    id(call, id),
                    new float[] {call.number(), id},
                    Metadata.of("bulk", "x".repeat(upsert.bulk().characters()))))
        .toList();
  }

  static String id(Call call, int number) {
    return call.client() + "-" + number;
  }

  /** What of some contents is of this column. */
  Optional<State> of(Contents contents) {
    Map<String, Entry> entries = contents.collections().get(collection);
    if (entries == null) {
      return client != 0 && collection.equals(Script.SHARED)
          ? Optional.of(new State(Map.of()))
          : Optional.empty();
    }
    var mine = new TreeMap<>(entries);
    mine.keySet().removeIf(id -> !id.startsWith(client + "-"));
    return Optional.of(new State(mine));
  }
}
