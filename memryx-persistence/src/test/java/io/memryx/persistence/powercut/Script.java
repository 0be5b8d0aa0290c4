package io.memryx.persistence.powercut;

import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurabilityOptions.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What one or two clients do to a store.
 *
 * @param phases one after the other, the store closed and opened between them
 */
record Script(long seed, Mode mode, List<Phase> phases) {

  /** The collection that all clients write to; client 0 makes it, nobody drops it. */
  static final String SHARED = "shared";

  private static final int IDS = 5;

  Script {
    phases = List.copyOf(phases);
  }

  /** What clients do at the same time; each its calls one after the other. */
  record Phase(List<List<Call>> clients) {
    Phase {
      clients = clients.stream().map(List::copyOf).toList();
    }
  }

  /**
   * A call of a client.
   *
   * @param number distinct in a script, rising at each client
   */
  record Call(int client, int number, String collection, Action action) {}

  /** What is called. A client writes and deletes only ids that are its own. */
  sealed interface Action {
    /** Makes the collection, or finds it. */
    record Make() implements Action {}

    /** Upserts a batch, whose vectors tell the number of the call. */
    record Upsert(List<Integer> ids, Bulk bulk) implements Action {}

    record Delete(List<Integer> ids) implements Action {}

    record Build() implements Action {}

    record Drop() implements Action {}
  }

  /** How large entries are. */
  enum Bulk {
    SMALL(0),
    /** A batch of five grows the log. */
    LARGE(16_000);

    private final int characters;

    Bulk(int characters) {
      this.characters = characters;
    }

    /** Characters of an entry's metadata. */
    int characters() {
      return characters;
    }
  }

  /** How many clients there are, and how large it may get. */
  enum Shape {
    ALONE,
    TWO_CLIENTS
  }

  /** A script of this seed. */
  static Script of(long seed, Mode mode, Shape shape) {
    return new Author(seed).script(seed, mode, shape);
  }

  /** Of seeds one after the other, every mode comes, and mostly the one that promises most. */
  static Script of(long seed, Shape shape) {
    Mode mode =
        switch ((int) (seed % 6)) {
          case 2 -> Mode.ASYNC;
          case 5 -> Mode.OS;
          default -> Mode.FSYNC;
        };
    return of(seed, mode, shape);
  }

  /** How the store is opened. */
  DurabilityOptions durability() {
    return switch (mode) {
      case FSYNC -> DurabilityOptions.fsync();
      case ASYNC -> DurabilityOptions.async(Duration.ofMillis(1));
      case OS -> DurabilityOptions.os();
    };
  }

  /** One line for each client of a phase. */
  @Override
  public String toString() {
    var text = new StringBuilder("script of seed " + seed + ", " + mode);
    for (int phase = 0; phase < phases.size(); phase++) {
      for (List<Call> calls : phases.get(phase).clients()) {
        text.append("%n  phase %d:".formatted(phase));
        calls.forEach(call -> text.append("%n    %s".formatted(call)));
      }
    }
    return text.toString();
  }

  /** Makes scripts. */
  private static final class Author {
    private final SplittableRandom random;
    private int calls;

    /** Whether each client's own collection is there. */
    private final boolean[] own = new boolean[2];

    Author(long seed) {
      this.random = new SplittableRandom(seed);
    }

    Script script(long seed, Mode mode, Shape shape) {
      List<Phase> phases = new ArrayList<>();
      List<Call> first = new ArrayList<>();
      first.add(call(0, SHARED, new Action.Make()));
      first.addAll(calls(0, random.nextInt(0, 3)));
      phases.add(new Phase(List.of(first)));
      int more = random.nextInt(1, 4);
      for (int phase = 0; phase < more; phase++) {
        phases.add(
            switch (shape) {
              case ALONE -> new Phase(List.of(calls(0, random.nextInt(2, 6))));
              case TWO_CLIENTS ->
                  new Phase(
                      List.of(calls(0, random.nextInt(1, 5)), calls(1, random.nextInt(1, 5))));
            });
      }
      return new Script(seed, mode, phases);
    }

    private List<Call> calls(int client, int count) {
      return IntStream.range(0, count).mapToObj(_ -> next(client)).toList();
    }

    private Call next(int client) {
      String mine = "own-" + client;
      boolean there = own[client];
      return switch (random.nextInt(12)) {
        case 0 -> {
          own[client] = !there;
          yield call(client, mine, there ? new Action.Drop() : new Action.Make());
        }
        case 1 -> there ? call(client, mine, new Action.Build()) : next(client);
        // One at a time builds a collection.
        case 2, 3 -> client == 0 ? call(client, SHARED, new Action.Build()) : next(client);
        case 4, 5 -> call(client, there ? mine : SHARED, new Action.Delete(ids()));
        case 6, 7 -> call(client, there ? mine : SHARED, upsert());
        default -> call(client, SHARED, upsert());
      };
    }

    private Action upsert() {
      return random.nextInt(8) == 0
          ? new Action.Upsert(IntStream.range(0, IDS).boxed().toList(), Bulk.LARGE)
          : new Action.Upsert(ids(), Bulk.SMALL);
    }

    private List<Integer> ids() {
      return random.ints(random.nextInt(1, 5), 0, IDS).distinct().boxed().toList();
    }

    private Call call(int client, String collection, Action action) {
      return new Call(client, ++calls, collection, action);
    }
  }
}
