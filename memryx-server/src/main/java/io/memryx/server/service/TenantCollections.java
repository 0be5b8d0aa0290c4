package io.memryx.server.service;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Limits;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.server.problem.Printable;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.Violations;
import io.memryx.server.tenant.TenantId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The collections that tenants have: made, listed, found, dropped. Every call names the tenant, and
 * can reach nothing but that tenant's store. Thread-safe.
 */
public final class TenantCollections {
  /** The collection of the endpoints that name none. */
  public static final String DEFAULT = "default";

  /** Each takes some kilobytes even when empty, and nobody pays for that. */
  private static final int MAX_COLLECTIONS = 10_000;

  private final TenantSpaces spaces;
  private final Usage usage;
  private final Idempotency idempotency;
  private final int maxDimension;

  /**
   * Works on these tenants.
   *
   * @param idempotency told of collections that are gone
   * @param maxDimension largest dimension that a new collection may have
   */
  public TenantCollections(
      TenantSpaces spaces, Usage usage, Idempotency idempotency, int maxDimension) {
    this.spaces = spaces;
    this.usage = usage;
    this.idempotency = idempotency;
    this.maxDimension = maxDimension;
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
   * options, nothing happens.
   *
   * @param stillGood throws if the tenant may have been removed since its call was let in
   */
  public Creation create(
      TenantId tenant, String name, CollectionOptions options, Runnable stillGood) {
    requireName(name);
    requirePossible(options);
    TenantSpace space = spaces.obtain(tenant, stillGood);
    space.addLock().lock();
    try {
      Optional<VectorCollection> there = space.store().find(name);
      if (there.isPresent()) {
        requireSame(there.get(), options);
        return new Creation(Outcome.WAS_THERE, view(there.get()));
      }
      requireRoomForCollection(space);
      VectorCollection made = space.collection(name, options);
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

  /** Removes a collection with all that is in it; builds of it are cancelled and waited for. */
  public void drop(TenantId tenant, String name) {
    TenantSpace space = require(tenant, name).space();
    // Not with the lock: adds to other collections need that. What begins from here on is at its
    // beginning when it is cancelled below, and gives up at once.
    space.builds().endAll(name);
    space.addLock().lock();
    try {
      space.builds().cancelAll(name, Build.Cancellation.DROPPED);
      if (!space.store().drop(name)) {
        throw noSuchCollection(name);
      }
      usage.forget(tenant, name);
      idempotency.forget(tenant, name);
    } finally {
      space.addLock().unlock();
    }
  }

  /** One collection. */
  public CollectionView view(TenantId tenant, String collection) {
    return require(tenant, collection).ask(TenantCollections::view);
  }

  /** All of a tenant's collections, in order of name. */
  public List<CollectionView> list(TenantId tenant) {
    return spaces.find(tenant).map(TenantSpace::views).orElse(List.of());
  }

  private static CollectionView view(VectorCollection collection) {
    return new CollectionView(collection.name(), collection.options(), collection.stats());
  }

  /** A collection of a tenant, or empty if the tenant has none of that name. */
  Optional<OpenCollection> find(TenantId tenant, String name) {
    return spaces
        .find(tenant)
        .flatMap(space -> space.store().find(name).map(found -> new OpenCollection(space, found)));
  }

  /** A collection of a tenant. */
  OpenCollection require(TenantId tenant, String name) {
    return find(tenant, name).orElseThrow(() -> noSuchCollection(name));
  }

  static RuntimeException noSuchCollection(String name) {
    return Problem.of(
            ProblemCode.COLLECTION_NOT_FOUND,
            "there is no collection '%s'".formatted(Printable.of(name)),
            "GET /v1/collections lists yours; PUT /v1/collections/{name} makes one, and the first"
                + " POST /add makes 'default'")
        .toException();
  }

  static RuntimeException noSuchVector(String id) {
    return Problem.of(
            ProblemCode.VECTOR_NOT_FOUND,
            "there is no vector of id '%s'".formatted(Printable.of(id)),
            "ids are exact: case and spaces count")
        .toException();
  }
}
