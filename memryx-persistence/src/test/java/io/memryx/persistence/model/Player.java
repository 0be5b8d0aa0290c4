package io.memryx.persistence.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildCancelledException;
import io.memryx.BuildRequest;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.PageRequest;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.persistence.model.NeighborLaws.Care;
import io.memryx.persistence.model.Operation.Build;
import io.memryx.persistence.model.Operation.Contains;
import io.memryx.persistence.model.Operation.Count;
import io.memryx.persistence.model.Operation.Delete;
import io.memryx.persistence.model.Operation.DeleteWhere;
import io.memryx.persistence.model.Operation.DropAndCreate;
import io.memryx.persistence.model.Operation.Get;
import io.memryx.persistence.model.Operation.Origin;
import io.memryx.persistence.model.Operation.Page;
import io.memryx.persistence.model.Operation.Query;
import io.memryx.persistence.model.Operation.Restart;
import io.memryx.persistence.model.Operation.Search;
import io.memryx.persistence.model.Operation.SearchAll;
import io.memryx.persistence.model.Operation.Size;
import io.memryx.persistence.model.Operation.Upsert;
import io.memryx.persistence.model.Setup.Base;
import io.memryx.persistence.model.Setup.Keeping;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Does every operation to a collection and to the model, and compares what they answer. */
final class Player {
  private final Setup setup;
  private final Scope scope;
  private final Home home;
  private final Model model;
  private final VectorPool vectors;
  private boolean building;

  /** Answers for a part of what is at home. */
  Player(Setup setup, Scope scope, Home home) {
    this.setup = setup;
    this.scope = scope;
    this.home = home;
    this.model = new Model(Bases.of(setup).entries().stream().filter(scope::has).toList());
    this.vectors = setup.vectors();
  }

  /**
   * Plays a whole sequence on a collection of its own.
   *
   * @throws AssertionError where collection and model disagree
   */
  static void play(Sequence sequence) {
    try (Home home = Home.of(sequence.setup())) {
      play(sequence, home);
    }
  }

  /** Plays a whole sequence on what is at home. */
  static void play(Sequence sequence, Home home) {
    var player = new Player(sequence.setup(), Scope.ALL, home);
    sequence.operations().forEach(player::play);
    player.compareAll();
  }

  void play(Operation operation) {
    switch (operation) {
      case Upsert upsert -> upsert(upsert);
      case Delete(List<Integer> ids) -> delete(ids.stream().map(scope::id).toList());
      case DeleteWhere(Filter filter) -> delete(scope.narrowed(filter));
      case Get(int id) -> get(scope.id(id));
      case Contains(int id) ->
          assertEquals(
              model.get(scope.id(id)).isPresent(), collection().contains(scope.id(id)), "contains");
      case Size() -> compareSizes();
      case Count(Filter filter) ->
          assertEquals(
              model.entries(Optional.of(filter)).size(),
              collection().count(scope.narrowed(filter)),
              "count");
      case Page page -> page(page);
      case Operation.Stream stream -> stream(stream);
      case Search(Query query) -> search(query);
      case SearchAll(List<Query> queries) -> searchAll(queries);
      case Build build -> build(build);
      case Restart(Operation.Ending ending) -> {
        home.restart(ending);
        if (setup.keeping() != Keeping.LOG) {
          model.restart();
        }
      }
      case DropAndCreate() -> {
        home.dropAndCreate();
        model.dropAndCreate();
      }
    }
  }

  private VectorCollection collection() {
    return home.collection();
  }

  private void upsert(Upsert upsert) {
    List<Entry> entries = upsert.rows().stream().map(row -> scope.entry(row, vectors)).toList();
    assertEquals(model.upsert(entries), collection().upsert(entries).added(), "added");
  }

  private void delete(List<String> ids) {
    assertEquals(model.delete(ids), collection().delete(ids), "deleted");
  }

  private void delete(Filter filter) {
    assertEquals(model.delete(filter), collection().delete(filter), "deleted by filter");
  }

  /** The whole content; of a shared collection, that of the scope. */
  void compareAll() {
    compareSizes();
    model.entries(Optional.empty()).forEach(entry -> get(entry.id()));
  }

  /** Number of entries that there should be. */
  int size() {
    return model.size();
  }

  private void compareSizes() {
    Optional<Filter> filter = scope.narrowed(Optional.empty());
    assertEquals(
        model.size(), filter.map(collection()::count).orElseGet(collection()::size), "size");
  }

  private void get(String id) {
    @Nullable Entry expected = model.get(id).orElse(null);
    @Nullable Entry actual = collection().get(id).orElse(null);
    if (expected == null || actual == null) {
      assertEquals(expected, actual, id);
    } else {
      compare(expected, actual);
    }
  }

  private void compare(Entry expected, Entry actual) {
    if (actual.isApproximate()) {
      assertTrue(hasCodes(), () -> actual.id() + " is approximate");
      assertEquals(expected.id(), actual.id());
      assertEquals(expected.metadata(), actual.metadata(), actual.id());
      double error = -Model.score(Metric.L2, coded(expected), coded(actual));
      assertTrue(error < 0.01, () -> "%s is off by %s, squared".formatted(actual.id(), error));
    } else {
      assertEquals(expected, actual);
    }
  }

  private void compare(List<Entry> expected, List<Entry> actual) {
    assertEquals(
        expected.stream().map(Entry::id).toList(), actual.stream().map(Entry::id).toList());
    for (int i = 0; i < actual.size(); i++) {
      compare(expected.get(i), actual.get(i));
    }
  }

  private void page(Page page) {
    PageRequest request = PageRequest.first(page.limit());
    Optional<String> after = page.after().map(scope::id);
    request = after.map(request::after).orElse(request);
    request = scope.narrowed(page.filter()).map(request::withFilter).orElse(request);
    List<Entry> expected =
        model.entries(page.filter()).stream()
            .filter(entry -> after.isEmpty() || isAfter(entry.id(), after.get()))
            .limit(page.limit())
            .toList();
    compare(expected, collection().page(request));
  }

  private static boolean isAfter(String id, String other) {
    return Model.BY_CODE_POINT.compare(id, other) > 0;
  }

  /** The entries of the moment of the call, whatever comes before they are read. */
  private void stream(Operation.Stream stream) {
    VectorCollection read = collection();
    List<Entry> expected = model.entries(stream.filter());
    try (Stream<Entry> entries =
        scope.narrowed(stream.filter()).map(read::entries).orElseGet(read::entries)) {
      upsert(stream.meanwhile());
      compare(expected, entries.toList());
    }
  }

  /** Under cosine, codes stand for unit vectors. */
  private float[] coded(Entry entry) {
    float[] vector = entry.vector();
    if (setup.metric() == Metric.COSINE) {
      double length = Model.length(vector);
      for (int d = 0; d < vector.length; d++) {
        vector[d] /= (float) length;
      }
    }
    return vector;
  }

  private void search(Query query) {
    Optional<float[]> vector = vector(query.origin());
    if (vector.isEmpty()) {
      assertThrows(
          ValidationException.class, () -> collection().search(request(query)), "like nothing");
      return;
    }
    List<Neighbor> neighbors = collection().search(request(query)).neighbors();
    check(vector.get(), query, neighbors);
    if (!scope.isShared()) {
      assertEquals(neighbors, collection().search(request(query)).neighbors(), "the same again");
    }
  }

  private void searchAll(List<Query> queries) {
    List<SearchResult> results =
        collection().searchAll(queries.stream().map(this::request).toList());
    assertEquals(queries.size(), results.size());
    for (int i = 0; i < queries.size(); i++) {
      Query query = queries.get(i);
      List<Neighbor> neighbors = results.get(i).neighbors();
      check(vector(query.origin()).orElseThrow(), query, neighbors);
      if (!scope.isShared()) {
        assertEquals(collection().search(request(query)).neighbors(), neighbors, "one by one");
      }
    }
  }

  /** What is searched for; empty for the vector of an entry that is not there. */
  private Optional<float[]> vector(Origin origin) {
    return switch (origin) {
      case Origin.Vector(int number) -> Optional.of(vectors.at(number));
      case Origin.Like(int id) -> model.get(scope.id(id)).map(Entry::vector);
    };
  }

  private void check(float[] vector, Query query, List<Neighbor> neighbors) {
    Set<String> excluded = new HashSet<>();
    query.excluded().map(scope::id).ifPresent(excluded::add);
    if (query.origin() instanceof Origin.Like(int id)) {
      excluded.add(scope.id(id));
    }
    List<Entry> candidates =
        model.entries(query.filter()).stream()
            .filter(entry -> !excluded.contains(entry.id()))
            .toList();
    laws(query).check(vector, query, candidates, neighbors);
  }

  private SearchRequest request(Query query) {
    SearchRequest request =
        switch (query.origin()) {
          case Origin.Vector(int number) -> SearchRequest.of(vectors.at(number), query.k());
          case Origin.Like(int id) -> SearchRequest.like(scope.id(id), query.k());
        };
    request =
        switch (query.effort()) {
          case DEFAULT -> request;
          case ONE_PROBE -> request.withProbes(1);
          case EXACT -> request.exact();
        };
    request = query.minScore().map(request::withMinScore).orElse(request);
    request = query.excluded().map(scope::id).map(request::without).orElse(request);
    return scope.narrowed(query.filter()).map(request::withFilter).orElse(request);
  }

  private NeighborLaws laws(Query query) {
    // So few dimensions get so many bits that even codes are near the truth.
    double coded = setup.metric() == Metric.COSINE ? 0.02 : 0.3;
    // What a search starts from may itself be a code.
    double starts = query.origin() instanceof Origin.Like ? 2 : 1;
    double tolerance = hasCodes() ? starts * coded : 1e-4;
    return new NeighborLaws(setup.metric(), tolerance, care(query));
  }

  private Care care(Query query) {
    if (hasLists() && query.effort() != Operation.Effort.EXACT) {
      return Care.ENOUGH;
    }
    if (hasCodes()) {
      return Care.BEST;
    }
    boolean exactNumbers =
        vectors.kind() == VectorPool.Kind.GRID && setup.metric() != Metric.COSINE;
    return exactNumbers ? Care.EXACT : Care.ORDERED;
  }

  /** Whether some entries may be known by their codes only. */
  private boolean hasCodes() {
    return setup.isLossy() && hasLists();
  }

  /** Whether there may be lists; where others build, that changes at any time. */
  private boolean hasLists() {
    return setup.base() == Base.CLUSTERED
        && (scope.isShared() || collection().stats().index().lists() > 0);
  }

  private void build(Build build) {
    if (building) {
      assertThrows(
          IllegalStateException.class,
          () -> collection().build(BuildRequest.defaults()),
          "two builds");
    } else if (scope.isShared()) {
      buildUnlessOthersDo();
    } else {
      buildAlone(build);
    }
  }

  private void buildUnlessOthersDo() {
    try {
      collection().build(BuildRequest.defaults());
    } catch (IllegalStateException _) {
      // Somebody else's build is under way.
    }
  }

  private void buildAlone(Build build) {
    Queue<Operation> meanwhile = new ArrayDeque<>(build.meanwhile());
    var cancelled = new AtomicBoolean();
    var reports = new AtomicInteger();
    BuildRequest request =
        BuildRequest.defaults()
            .withSeed(build.seed())
            .withCancellation(cancelled::get)
            .withProgress(
                progress -> {
                  playNext(meanwhile);
                  if (build.cancelledAt().equals(Optional.of(reports.getAndIncrement()))) {
                    cancelled.set(true);
                  }
                });
    Map<String, Entry> frozen = model.frozen();
    building = true;
    try {
      assertEquals(frozen.size(), collection().build(request).vectors(), "vectors built");
      model.built(frozen);
    } catch (BuildCancelledException e) {
      assertTrue(cancelled.get(), () -> "nobody cancelled: " + e);
    } finally {
      building = false;
    }
    meanwhile.forEach(this::play);
  }

  private void playNext(Queue<Operation> operations) {
    Operation next = operations.poll();
    if (next != null) {
      play(next);
    }
  }
}
