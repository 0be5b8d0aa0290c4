package io.memryx.persistence.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.SearchRequest;
import io.memryx.persistence.model.FaultyHome.Fault;
import io.memryx.persistence.model.Operation.Build;
import io.memryx.persistence.model.Operation.Delete;
import io.memryx.persistence.model.Operation.Search;
import io.memryx.persistence.model.Operation.Size;
import io.memryx.persistence.model.Operation.Upsert;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** That faults are found, and what is left of the sequences that find them. */
class ShrinkerTest {

  @Test
  void shrink_faultThatTakesTwoOperations_leavesThoseTwo() {
    Delete first = new Delete(List.of(1));
    Delete second = new Delete(List.of(2, 3));
    List<Operation> operations =
        IntStream.range(0, 40)
            .<Operation>mapToObj(i -> i == 11 ? first : i == 29 ? second : new Size())
            .toList();
    Sequence failing = new Sequence(SequenceGenerator.sequence(1).setup(), operations);

    Sequence smallest =
        new Shrinker(
                sequence ->
                    sequence.operations().contains(first) && sequence.operations().contains(second))
            .shrink(failing);

    assertEquals(List.of(first, second), smallest.operations());
  }

  @Test
  void collectionThatForgetsADelete_isFoundAndShrunk() {
    Sequence smallest =
        found(
            (sound, method, arguments) -> {
              boolean deletes =
                  method.getName().equals("delete") && arguments[0] instanceof Collection<?>;
              if (deletes && sound.stats().hotBuffer() == 0 && sound.size() > 0) {
                return 0;
              }
              return method.invoke(sound, arguments);
            });

    // An entry, in the built index, deleted: nothing less shows it.
    assertEquals(3, smallest.operations().size(), smallest::toString);
    var upsert = assertInstanceOf(Upsert.class, smallest.operations().get(0));
    assertInstanceOf(Build.class, smallest.operations().get(1));
    var delete = assertInstanceOf(Delete.class, smallest.operations().get(2));
    assertEquals(1, upsert.rows().size());
    assertEquals(1, delete.ids().size());
  }

  @Test
  void collectionThatIgnoresItsExcludedId_isFoundAndShrunk() {
    Sequence smallest =
        found(
            (sound, method, arguments) ->
                arguments != null
                        && arguments[0] instanceof SearchRequest request
                        && request.excludedId() != null
                    ? sound.search(request.without("nobody"))
                    : method.invoke(sound, arguments));

    assertEquals(2, smallest.operations().size(), smallest::toString);
    var search = assertInstanceOf(Search.class, smallest.operations().get(1));
    assertTrue(search.query().filter().isEmpty() && search.query().minScore().isEmpty());
  }

  @Test
  void collectionThatLosesWhatComesDuringABuild_isFoundAndShrunk() {
    var building = new AtomicBoolean();
    Sequence smallest =
        found(
            (sound, method, arguments) -> {
              if (method.getName().equals("build") && !building.get()) {
                building.set(true);
                try {
                  return method.invoke(sound, arguments);
                } finally {
                  building.set(false);
                }
              }
              boolean lost = building.get() && method.getName().equals("delete");
              return lost ? 0 : method.invoke(sound, arguments);
            });

    assertEquals(2, smallest.operations().size(), smallest::toString);
    var build = assertInstanceOf(Build.class, smallest.operations().get(1));
    assertEquals(1, build.meanwhile().size());
  }

  /** The first sequence that a collection with a fault fails, shrunk. */
  private static Sequence found(Fault fault) {
    long seed =
        LongStream.range(0, 10_000)
            // Those are few entries.
            .map(number -> number + SequenceGenerator.SETUPS)
            .filter(number -> fails(SequenceGenerator.sequence(number), fault))
            .findFirst()
            .orElseThrow();
    return new Shrinker(sequence -> fails(sequence, fault))
        .shrink(SequenceGenerator.sequence(seed));
  }

  private static boolean fails(Sequence sequence, Fault fault) {
    try (Home home = new FaultyHome(Home.of(sequence.setup()), fault)) {
      Player.play(sequence, home);
      return false;
    } catch (AssertionError _) {
      return true;
    }
  }
}
