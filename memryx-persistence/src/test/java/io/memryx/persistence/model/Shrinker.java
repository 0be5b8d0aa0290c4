package io.memryx.persistence.model;

import io.memryx.Metadata;
import io.memryx.persistence.model.Operation.Build;
import io.memryx.persistence.model.Operation.Contains;
import io.memryx.persistence.model.Operation.Count;
import io.memryx.persistence.model.Operation.Delete;
import io.memryx.persistence.model.Operation.DeleteWhere;
import io.memryx.persistence.model.Operation.DropAndCreate;
import io.memryx.persistence.model.Operation.Get;
import io.memryx.persistence.model.Operation.Page;
import io.memryx.persistence.model.Operation.Query;
import io.memryx.persistence.model.Operation.Restart;
import io.memryx.persistence.model.Operation.Row;
import io.memryx.persistence.model.Operation.Search;
import io.memryx.persistence.model.Operation.SearchAll;
import io.memryx.persistence.model.Operation.Size;
import io.memryx.persistence.model.Operation.Upsert;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes a failing sequence small by delta debugging (Zeller, Hildebrandt: Simplifying and isolating
 * failure-inducing input, 2002, the part that takes away): leaves out ever smaller runs of
 * operations, and parts of operations, as long as what is left still fails. Takes whatever is
 * simpler and fails, not only what fails in the same way.
 *
 * @param fails whether a sequence fails
 */
record Shrinker(Predicate<Sequence> fails) {

  /** A sequence that fails and of which nothing can be left out any more. */
  Sequence shrink(Sequence failing) {
    Sequence smallest = failing;
    Optional<Sequence> smaller = Optional.of(failing);
    while (smaller.isPresent()) {
      smallest = smaller.get();
      Sequence current = smallest;
      smaller =
          simpler(current.operations(), Shrinker::simpler)
              .map(current::with)
              .filter(fails)
              .findFirst();
    }
    return smallest;
  }

  /** The list without some of its elements, many first, then with one element made simpler. */
  private static <T> Stream<List<T>> simpler(
      List<T> list, Function<T, Stream<? extends T>> simplerElements) {
    return Stream.concat(
        shorter(list),
        IntStream.range(0, list.size())
            .boxed()
            .flatMap(
                i -> simplerElements.apply(list.get(i)).map(element -> with(list, i, element))));
  }

  private static <T> Stream<List<T>> shorter(List<T> list) {
    return Stream.iterate(list.size(), length -> length > 0, length -> length / 2)
        .flatMap(
            length ->
                IntStream.iterate(0, from -> from < list.size(), from -> from + length)
                    .mapToObj(from -> without(list, from, Math.min(from + length, list.size()))));
  }

  private static <T> List<T> without(List<T> list, int from, int to) {
    var rest = new ArrayList<>(list.subList(0, from));
    rest.addAll(list.subList(to, list.size()));
    return rest;
  }

  private static <T> List<T> with(List<T> list, int index, T element) {
    var changed = new ArrayList<>(list);
    changed.set(index, element);
    return changed;
  }

  private static Stream<Operation> simpler(Operation operation) {
    return switch (operation) {
      case Upsert(List<Row> rows) ->
          simpler(rows, Shrinker::simpler).filter(fewer -> !fewer.isEmpty()).map(Upsert::new);
      case Delete(List<Integer> ids) -> shorter(ids).map(Delete::new);
      case Search(Query query) -> simpler(query).map(Search::new);
      case SearchAll(List<Query> queries) ->
          Stream.concat(
              alone(queries.stream().map(Search::new).toList()),
              simpler(queries, Shrinker::simpler)
                  .filter(fewer -> !fewer.isEmpty())
                  .map(SearchAll::new));
      case Build build -> simpler(build);
      case DeleteWhere _,
          Get _,
          Contains _,
          Size _,
          Count _,
          Page _,
          Operation.Stream _,
          Restart _,
          DropAndCreate _ ->
          Stream.empty();
    };
  }

  private static Stream<Row> simpler(Row row) {
    return row.metadata().equals(Metadata.empty())
        ? Stream.empty()
        : Stream.of(new Row(row.id(), row.vector(), Metadata.empty()));
  }

  private static Stream<Query> simpler(Query query) {
    Optional<Float> noScore = Optional.empty();
    return Stream.of(
            new Query(
                query.origin(),
                query.k(),
                query.effort(),
                Optional.empty(),
                query.excluded(),
                query.minScore()),
            new Query(
                query.origin(),
                query.k(),
                query.effort(),
                query.filter(),
                Optional.empty(),
                query.minScore()),
            new Query(
                query.origin(),
                query.k(),
                query.effort(),
                query.filter(),
                query.excluded(),
                noScore))
        .filter(simpler -> !simpler.equals(query));
  }

  private static Stream<Operation> simpler(Build build) {
    return Stream.concat(
        alone(build.meanwhile()), Stream.concat(uncancelled(build), withSimplerMeanwhile(build)));
  }

  /** What a build, or a batch of searches, comes down to where there is one thing in it. */
  private static Stream<Operation> alone(List<? extends Operation> operations) {
    return operations.size() == 1 ? Stream.of(operations.getFirst()) : Stream.empty();
  }

  private static Stream<Operation> uncancelled(Build build) {
    return build.cancelledAt().isEmpty()
        ? Stream.empty()
        : Stream.of(new Build(build.seed(), Optional.empty(), build.meanwhile()));
  }

  private static Stream<Operation> withSimplerMeanwhile(Build build) {
    return simpler(build.meanwhile(), Shrinker::simpler)
        .map(fewer -> new Build(build.seed(), build.cancelledAt(), fewer));
  }
}
