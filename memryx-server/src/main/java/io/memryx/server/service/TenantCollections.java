package io.memryx.server.service;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Entry;
import io.memryx.Limits;
import io.memryx.Memryx;
import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.UpsertResult;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.Violation;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.problem.Printable;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.Violations;
import io.memryx.server.tenant.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tenants do with their collections. Every call names the tenant, and can reach nothing but
 * that tenant's store. Thread-safe.
 */
public final class TenantCollections {
  /** The collection of the endpoints that name none. */
  public static final String DEFAULT = "default";

  private static final Logger LOG = LoggerFactory.getLogger(TenantCollections.class);
  private static final int RETRY_SECONDS = 30;

  /** Each takes some kilobytes even when empty, and nobody pays for that. */
  private static final int MAX_COLLECTIONS = 10_000;

  private final TenantSpaces spaces;
  private final MemoryGuard memory;
  private final Usage usage;
  private final ServerMeters meters;
  private final LongSupplier nanoClock;
  private final int maxDimension;

  /**
   * Works on these tenants.
   *
   * @param maxDimension largest dimension that a new collection may have
   */
  public TenantCollections(
      TenantSpaces spaces,
      MemoryGuard memory,
      Usage usage,
      ServerMeters meters,
      LongSupplier nanoClock,
      int maxDimension) {
    this.spaces = spaces;
    this.memory = memory;
    this.usage = usage;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.maxDimension = maxDimension;
  }

  /**
   * Adds entries to a collection, all or none; makes it, of the first entry's dimension and for
   * cosine similarity, if it is not there.
   */
  public AddOutcome add(TenantId tenant, String collection, List<Entry> entries) {
    refuseEmptyAndDuplicates(entries);
    memory.requireRoom(entries);
    requirePossible(tenant, collection, entries);
    TenantSpace space = spaces.obtain(tenant);
    boolean counts = space.limits().limitsVectors() || space.store().find(collection).isEmpty();
    if (!counts) {
      return upsert(space, collection, entries);
    }
    space.addLock().lock();
    try {
      return upsert(space, collection, entries);
    } finally {
      space.addLock().unlock();
    }
  }

  private AddOutcome upsert(TenantSpace space, String name, List<Entry> entries) {
    requireRoomInPlan(space, name, entries);
    space.limits().admitAdds(entries.size());
    VectorStore store = space.store();
    VectorCollection collection =
        store
            .find(name)
            .orElseGet(
                () -> store.collection(name, CollectionOptions.of(entries.getFirst().dimension())));
    UpsertResult result = refusing(() -> collection.upsert(entries), TenantCollections::pointer);
    CollectionStats stats = usage.update(space.tenant(), collection);
    meters.added(entries.size());
    return new AddOutcome(result.added(), result.replaced(), stats.vectors(), memory.usedPercent());
  }

  /** Whether a call made what it asked for. */
  public enum Outcome {
    /** There was none before. */
    MADE,
    /** It was there, as asked for. */
    WAS_THERE
  }

  /**
   * What became of a call that makes a collection.
   *
   * @param view the collection as it is now
   */
  public record Creation(Outcome outcome, CollectionView view) {}

  /**
   * Makes an empty collection, so that its options can be chosen; where it is there with those
   * options, nothing happens. It is kept from its first finalize on.
   */
  public Creation create(TenantId tenant, String name, CollectionOptions options) {
    requireName(name);
    requirePossible(options);
    TenantSpace space = spaces.obtain(tenant);
    space.addLock().lock();
    try {
      Optional<VectorCollection> there = space.store().find(name);
      if (there.isPresent()) {
        requireSame(there.get(), options);
        return new Creation(Outcome.WAS_THERE, view(there.get()));
      }
      requireRoomForCollection(space);
      VectorCollection made = space.store().collection(name, options);
      CollectionStats _ = usage.update(tenant, made);
      return new Creation(Outcome.MADE, view(made));
    } finally {
      space.addLock().unlock();
    }
  }

  private static void requireName(String name) {
    try {
      String _ = Limits.requireCollectionName(name);
    } catch (ValidationException e) {
      throw Violations.toProblem(e, _ -> "").withFaults(List.of()).toException();
    }
  }

  private void requirePossible(CollectionOptions options) {
    if (options.dimension() > maxDimension) {
      throw Problem.of(
              ProblemCode.BAD_DIMENSION,
              "dimension is %d, expected 1..%d".formatted(options.dimension(), maxDimension),
              "check the model that makes the vectors; the operator's limit is MAX_DIMENSION")
          .at("/dimension")
          .toException();
    }
  }

  private static void requireSame(VectorCollection there, CollectionOptions wanted) {
    if (!there.options().equals(wanted)) {
      throw Problem.of(
              ProblemCode.COLLECTION_EXISTS,
              "collection '%s' has %s, not %s"
                  .formatted(there.name(), described(there.options()), described(wanted)),
              "use another name, or the options that it has; they can't be changed")
          .toException();
    }
  }

  private static String described(CollectionOptions options) {
    return "dimension %d, metric %s, compression %s"
        .formatted(options.dimension(), options.metric(), options.compression())
        .toLowerCase(Locale.ROOT);
  }

  private static void requireRoomForCollection(TenantSpace space) {
    if (space.store().collections().size() >= MAX_COLLECTIONS) {
      throw Problem.of(
              ProblemCode.COLLECTION_CAP_REACHED,
              "the tenant has %d collections already".formatted(MAX_COLLECTIONS),
              "put entries of several kinds into one collection, told apart by metadata")
          .toException();
    }
  }

  private static void refuseEmptyAndDuplicates(List<Entry> entries) {
    if (entries.isEmpty()) {
      throw Problem.of(
              ProblemCode.BAD_BATCH,
              "the list of vectors is empty, expected 1 to " + Limits.MAX_BATCH_ENTRIES,
              "put at least one vector into \"vectors\"")
          .at("/vectors")
          .toException();
    }
    Map<String, Integer> positions = new HashMap<>();
    for (int position = 0; position < entries.size(); position++) {
      Integer earlier = positions.put(entries.get(position).id(), position);
      if (earlier != null) {
        throw Problem.of(
                ProblemCode.DUPLICATE_ID,
                "the id at position %d is also that at position %d".formatted(position, earlier),
                "give every entry of a batch an id of its own, or send them in two requests")
            .at("/vectors/%d/id".formatted(position))
            .toException();
      }
    }
  }

  /**
   * Refuses, before a collection is made for them, entries that it would not take: a refused add
   * must leave nothing behind, no dimension and no tenant.
   */
  private void requirePossible(TenantId tenant, String name, List<Entry> entries) {
    if (spaces.find(tenant).flatMap(space -> space.store().find(name)).isPresent()) {
      return;
    }
    int dimension = entries.getFirst().dimension();
    if (dimension < 1 || dimension > maxDimension) {
      throw Problem.of(
              ProblemCode.BAD_DIMENSION,
              "vector has %d dimensions, expected 1..%d".formatted(dimension, maxDimension),
              "check the model that made it; the operator's limit is MAX_DIMENSION")
          .at("/vectors/0/values")
          .toException();
    }
    try (VectorStore trial = Memryx.inMemory()) {
      VectorCollection collection =
          trial.collection(name, new CollectionOptions(dimension, Metric.COSINE));
      refusing(() -> collection.upsert(entries), TenantCollections::pointer);
    }
  }

  private static void requireRoomInPlan(TenantSpace space, String name, List<Entry> entries) {
    if (!space.limits().limitsVectors()) {
      return;
    }
    long held = space.vectors();
    if (space.limits().allowsVectors(held + entries.size())) {
      return;
    }
    Optional<VectorCollection> collection = space.store().find(name);
    long fresh =
        entries.stream()
            .filter(entry -> collection.flatMap(known -> known.get(entry.id())).isEmpty())
            .count();
    space.limits().requireRoom(held, fresh);
  }

  private static String pointer(Violation violation) {
    String entry = "/vectors/" + violation.index();
    return switch (violation.code()) {
      case DIMENSION_MISMATCH, BAD_DIMENSION, NON_FINITE, ZERO_NORM, VECTOR_TOO_LONG ->
          entry + "/values";
      case BAD_ID, UNKNOWN_ID -> entry + "/id";
      case BAD_METADATA -> entry + "/metadata";
      case OUT_OF_RANGE, BAD_BATCH, BAD_NAME, BAD_FILTER, FILTER_TOO_COMPLEX -> "/vectors";
    };
  }

  /** What to do where a collection is not there. */
  public enum Missing {
    /** Nothing is found in it. */
    IS_EMPTY,
    /** The call is refused. */
    IS_REFUSED
  }

  /**
   * Searches a collection.
   *
   * @param missing what to do where the collection is not there
   * @param withEntries whether the answers carry the entries with their vectors
   * @return one answer per query, in order
   */
  public List<SearchAnswer> search(
      TenantId tenant,
      String collection,
      SearchSubject subject,
      Missing missing,
      boolean withEntries) {
    Optional<TenantSpace> space = spaces.find(tenant);
    Optional<VectorCollection> searched = space.flatMap(known -> known.store().find(collection));
    if (searched.isEmpty()) {
      return nothing(collection, subject, missing);
    }
    try (var _ = space.orElseThrow().limits().admitSearches(subject.queries())) {
      long begin = nanoClock.getAsLong();
      List<SearchAnswer> answers = answers(searched.get(), subject, withEntries);
      meters.searched(subject.queries(), nanoClock.getAsLong() - begin);
      return answers;
    }
  }

  private static List<SearchAnswer> nothing(
      String collection, SearchSubject subject, Missing missing) {
    return switch (missing) {
      case IS_REFUSED -> throw noSuchCollection(collection);
      case IS_EMPTY ->
          switch (subject) {
            case SearchSubject.LikeEntry like -> throw noSuchVector(like.id());
            case SearchSubject.OneVector _ -> List.of(SearchAnswer.nothing());
            case SearchSubject.Batch batch ->
                batch.requests().stream().map(_ -> SearchAnswer.nothing()).toList();
          };
    };
  }

  private static List<SearchAnswer> answers(
      VectorCollection collection, SearchSubject subject, boolean withEntries) {
    return switch (subject) {
      case SearchSubject.OneVector one ->
          List.of(answer(collection, one.request(), withEntries, "/vector"));
      case SearchSubject.LikeEntry like -> {
        Entry entry =
            reading(() -> collection.get(like.id())).orElseThrow(() -> noSuchVector(like.id()));
        SearchRequest request = like.terms().near(entry.vector()).without(like.id());
        yield List.of(answer(collection, request, withEntries, "/id"));
      }
      case SearchSubject.Batch batch -> {
        List<SearchAnswer> answers = new ArrayList<>();
        for (SearchRequest request : batch.requests()) {
          answers.add(answer(collection, request, withEntries, "/vectors/" + answers.size()));
        }
        yield answers;
      }
    };
  }

  private static SearchAnswer answer(
      VectorCollection collection, SearchRequest request, boolean withEntries, String pointer) {
    SearchResult result = refusing(() -> collection.search(request), _ -> pointer);
    List<SearchAnswer.Found> found = new ArrayList<>(result.neighbors().size());
    for (Neighbor neighbor : result.neighbors()) {
      Optional<Entry> entry =
          withEntries ? reading(() -> collection.get(neighbor.id())) : Optional.empty();
      found.add(new SearchAnswer.Found(neighbor, entry));
    }
    return new SearchAnswer(found, result.work());
  }

  /** One entry of a collection. */
  public Entry entry(TenantId tenant, String collection, String id) {
    VectorCollection required = require(tenant, collection);
    return reading(() -> required.get(id)).orElseThrow(() -> noSuchVector(id));
  }

  /** One collection. */
  public CollectionView view(TenantId tenant, String collection) {
    return view(require(tenant, collection));
  }

  /** All of a tenant's collections, in order of name. */
  public List<CollectionView> list(TenantId tenant) {
    return spaces.find(tenant).map(space -> space.store().collections()).orElse(List.of()).stream()
        .map(TenantCollections::view)
        .toList();
  }

  private static CollectionView view(VectorCollection collection) {
    return new CollectionView(collection.name(), collection.options(), collection.stats());
  }

  private VectorCollection require(TenantId tenant, String collection) {
    return spaces
        .find(tenant)
        .flatMap(space -> space.store().find(collection))
        .orElseThrow(() -> noSuchCollection(collection));
  }

  private static <T> T refusing(
      java.util.function.Supplier<T> call, Function<Violation, String> pointers) {
    try {
      return reading(call);
    } catch (ValidationException e) {
      throw Violations.toProblem(e, pointers).toException();
    }
  }

  /** Vectors that are read where they are stored may turn out to be damaged. */
  private static <T> T reading(java.util.function.Supplier<T> call) {
    try {
      return call.get();
    } catch (CorruptSnapshotException e) {
      LOG.error("a stored vector can't be read: {}", e.getMessage());
      throw Problem.of(
              ProblemCode.STORAGE_FAILED,
              "a vector that is needed for this can't be read: what is stored of it is damaged",
              "the operator can find out how much is damaged with 'bin/memryx verify', and go back"
                  + " to the snapshot before; the vectors that were damaged can be added again")
          .retryAfter(RETRY_SECONDS)
          .toException();
    }
  }

  private static RuntimeException noSuchCollection(String name) {
    return Problem.of(
            ProblemCode.COLLECTION_NOT_FOUND,
            "there is no collection '%s'".formatted(Printable.of(name)),
            "GET /v1/collections lists yours; the first POST /add makes 'default'")
        .toException();
  }

  private static RuntimeException noSuchVector(String id) {
    return Problem.of(
            ProblemCode.VECTOR_NOT_FOUND,
            "there is no vector of id '%s'".formatted(Printable.of(id)),
            "ids are exact: case and spaces count")
        .toException();
  }
}
