package io.memryx.server.service;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Entry;
import io.memryx.UpsertResult;
import io.memryx.VectorCollection;
import io.memryx.persistence.PersistenceException;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.Violations;
import io.memryx.server.tenant.PlanLimits;
import io.memryx.server.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds entries to tenants' collections, all of a request or none, within plan and memory.
 * Thread-safe.
 */
public final class Upserts {
  private static final Logger LOG = LoggerFactory.getLogger(Upserts.class);

  private final TenantSpaces spaces;
  private final TenantCollections collections;
  private final MemoryGuard memory;
  private final Usage usage;
  private final Builds builds;
  private final ServerMeters meters;
  private final int maxDimension;
  private final String durability;
  private final LongSupplier nanoClock;

  /**
   * Works on these tenants' collections.
   *
   * @param builds told of hot buffers that have grown
   * @param maxDimension largest dimension that a first entry may have
   * @param durability how durable an add is when it is answered: fsync, async or none
   */
  public Upserts(
      TenantSpaces spaces,
      TenantCollections collections,
      MemoryGuard memory,
      Usage usage,
      Builds builds,
      ServerMeters meters,
      int maxDimension,
      String durability,
      LongSupplier nanoClock) {
    this.spaces = spaces;
    this.collections = collections;
    this.memory = memory;
    this.usage = usage;
    this.builds = builds;
    this.meters = meters;
    this.maxDimension = maxDimension;
    this.durability = durability;
    this.nanoClock = nanoClock;
  }

  /**
   * Adds entries to a collection, all or none; makes it, of the first entry's dimension and for
   * cosine similarity, if it is not there.
   */
  public AddOutcome add(TenantId tenant, String collection, List<Entry> entries) {
    List<Row> rows = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      rows.add(new Row.Read(Row.Place.inList(rows.size()), entry));
    }
    return addRows(tenant, collection, rows, () -> {});
  }

  /**
   * Adds rows of one document as {@link #add} does.
   *
   * @param stillGood throws if the tenant may have been removed since its call was let in
   */
  public AddOutcome addRows(
      TenantId tenant, String collection, List<Row> rows, Runnable stillGood) {
    CollectionOptions options =
        collections
            .find(tenant, collection)
            .map(found -> found.collection().options())
            .orElseGet(() -> optionsFor(rows));
    try (Staging staging = new Staging(collection, options, OnError.FAIL, memory.reserve())) {
      rows.forEach(staging::take);
      List<Entry> entries = staging.finish();
      TenantSpace space = spaces.obtain(tenant, stillGood);
      boolean isNew = space.store().find(collection).isEmpty();
      Supplier<AddOutcome> upsert =
          () -> upsert(space, () -> made(space, staging), staging, entries);
      if (isNew) {
        return locked(space, () -> orNothing(space, collection, upsert));
      }
      return space.limits().limitsVectors() ? locked(space, upsert) : upsert.get();
    }
  }

  /** A collection that was made for an add which is refused then goes again. */
  private static AddOutcome orNothing(TenantSpace space, String name, Supplier<AddOutcome> upsert) {
    boolean wasThere = space.store().find(name).isPresent();
    try {
      return upsert.get();
    } catch (RuntimeException e) {
      if (!wasThere && space.store().find(name).filter(made -> made.size() == 0).isPresent()) {
        dropQuietly(space, name);
      }
      throw e;
    }
  }

  private static void dropQuietly(TenantSpace space, String name) {
    try {
      boolean gone = space.store().drop(name);
      LOG.debug("collection of a refused add dropped: {}", gone);
    } catch (PersistenceException e) {
      LOG.warn("an empty collection stays, of an add that was refused: {}", e.getMessage());
    }
  }

  private static OpenCollection made(TenantSpace space, Staging staging) {
    VectorCollection collection =
        space
            .store()
            .find(staging.collection())
            .orElseGet(() -> space.collection(staging.collection(), staging.options()));
    return new OpenCollection(space, collection);
  }

  /** How durable an add is when it is answered: fsync, async or none. */
  public String durability() {
    return durability;
  }

  /** A refused add must leave nothing behind: no dimension, no collection. */
  private CollectionOptions optionsFor(List<Row> rows) {
    int dimension = firstDimension(rows);
    if (dimension < 1 || dimension > maxDimension) {
      throw Problem.of(
              ProblemCode.BAD_DIMENSION,
              "vector has %d dimensions, expected 1..%d".formatted(dimension, maxDimension),
              "check the model that made it; the operator's limit is MAX_DIMENSION")
          .at("/vectors/0/values")
          .toException();
    }
    return CollectionOptions.of(dimension);
  }

  private static int firstDimension(List<Row> rows) {
    for (Row row : rows) {
      if (row instanceof Row.Read read) {
        return read.entry().dimension();
      }
    }
    return 1;
  }

  /**
   * Begins to take in entries for a collection that is there, for {@link #apply}.
   *
   * @return to be closed
   */
  public Upload begin(TenantId tenant, String collection, OnError onError) {
    OpenCollection open = collections.require(tenant, collection);
    return new Upload(
        open, new Staging(collection, open.collection().options(), onError, memory.reserve()));
  }

  /** Adds what was staged, to the collection that it was begun for. */
  public AddOutcome apply(Upload upload) {
    Staging staging = upload.staging();
    List<Entry> entries = staging.finish();
    OpenCollection open = upload.target();
    TenantSpace space = open.space();
    requireStillThere(space, staging.collection());
    Supplier<AddOutcome> upsert = () -> upsert(space, () -> open, staging, entries);
    return space.limits().limitsVectors() ? locked(space, upsert) : upsert.get();
  }

  /** Its tenant may have been removed meanwhile, and made anew for somebody else. */
  private void requireStillThere(TenantSpace space, String collection) {
    if (spaces.find(space.tenant()).filter(space::equals).isEmpty()) {
      throw TenantCollections.noSuchCollection(collection);
    }
  }

  private static AddOutcome locked(TenantSpace space, Supplier<AddOutcome> upsert) {
    space.addLock().lock();
    try {
      return upsert.get();
    } finally {
      space.addLock().unlock();
    }
  }

  private AddOutcome upsert(
      TenantSpace space, Supplier<OpenCollection> target, Staging staging, List<Entry> entries) {
    requireRoomInPlan(space, staging.collection(), entries);
    space.limits().admitAdds(entries.size());
    OpenCollection open = target.get();
    return open.ask(
        collection -> {
          long begin = nanoClock.getAsLong();
          UpsertResult result =
              entries.isEmpty() ? new UpsertResult(0, 0) : collection.upsert(entries);
          // What goes with its tenant is not answered as if it stayed.
          requireStillThere(space, collection.name());
          CollectionStats stats = usage.update(space.tenant(), collection);
          meters.added(entries.size(), nanoClock.getAsLong() - begin);
          builds.beginIfDue(space, collection, stats);
          AddOutcome outcome =
              staging.outcome(
                  result.added(), result.replaced(), stats.vectors(), memory.usedPercent());
          meters.leftOut(outcome.rejectedCount());
          return outcome;
        },
        violation ->
            staging.placeOf(violation.index()).pointer(Violations.partAtFault(violation.code())));
  }

  private static void requireRoomInPlan(TenantSpace space, String name, List<Entry> entries) {
    PlanLimits limits = space.limits();
    if (!limits.limitsVectors()) {
      return;
    }
    long held = space.holdings().vectors();
    if (limits.allowsVectors(held + entries.size())) {
      return;
    }
    Optional<VectorCollection> there = space.store().find(name);
    long fresh =
        entries.stream()
            .filter(entry -> there.filter(known -> known.contains(entry.id())).isEmpty())
            .count();
    limits.requireRoom(held, fresh);
  }
}
