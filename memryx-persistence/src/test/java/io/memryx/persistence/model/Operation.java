package io.memryx.persistence.model;

import io.memryx.Filter;
import io.memryx.Metadata;
import java.util.List;
import java.util.Optional;

/**
 * Something that is done to a collection, or asked of it. Entries and vectors are named by number,
 * so that an operation means the same whatever became of those before it.
 */
sealed interface Operation {

  /** Rows in one batch; ids may occur twice. */
  record Upsert(List<Row> rows) implements Operation {}

  /** An entry: the number of its id, the number of its vector, and its metadata. */
  record Row(int id, int vector, Metadata metadata) {}

  record Delete(List<Integer> ids) implements Operation {}

  record DeleteWhere(Filter filter) implements Operation {}

  record Get(int id) implements Operation {}

  record Contains(int id) implements Operation {}

  record Size() implements Operation {}

  record Count(Filter filter) implements Operation {}

  /** The next so many entries in order of id. */
  record Page(int limit, Optional<Integer> after, Optional<Filter> filter) implements Operation {}

  /** All entries in order of id, read while others are upserted. */
  record Stream(Optional<Filter> filter, Upsert meanwhile) implements Operation {}

  record Search(Query query) implements Operation {}

  /** Several searches at once, on one state. */
  record SearchAll(List<Query> queries) implements Operation {}

  /** What a search starts from. */
  sealed interface Origin {
    record Vector(int number) implements Origin {}

    /** An entry, which is not found itself. */
    record Like(int id) implements Origin {}
  }

  /** Which neighbors of what. */
  record Query(
      Origin origin,
      int k,
      Effort effort,
      Optional<Filter> filter,
      Optional<Integer> excluded,
      Optional<Float> minScore) {}

  /** How hard a search looks. */
  enum Effort {
    DEFAULT,
    ONE_PROBE,
    EXACT
  }

  /**
   * A build.
   *
   * @param meanwhile what happens while it is under way, one operation at each report of progress;
   *     what is left happens afterwards
   * @param cancelledAt number of the report of progress at which it is cancelled
   */
  record Build(long seed, Optional<Integer> cancelledAt, List<Operation> meanwhile)
      implements Operation {}

  /** The process ends and begins anew: without a log, what is there then is what was built last. */
  record Restart(Ending ending) implements Operation {}

  /** How a process ends. */
  enum Ending {
    CLOSED,
    KILLED,
    /** By a power cut that takes everything that was not forced. */
    POWER_CUT,
    /** By a power cut that tears what was not forced. */
    POWER_CUT_TORN,
    /** Closed; then the newest of two snapshots is damaged. */
    SNAPSHOT_DAMAGED,
    /** Closed; then the manifest of the newest of two snapshots is damaged. */
    MANIFEST_DAMAGED
  }

  /** The collection goes, and another one comes under its name. */
  record DropAndCreate() implements Operation {}
}
