package io.memryx;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When a collection is built without being asked to, and by whom. Immutable.
 *
 * <p>A build is due when the hot buffer has {@code hotEntries} rows and {@code hotShare} of the
 * built index's entries. One at a time in a store; after one that failed, the next is due when as
 * many rows again were upserted.
 *
 * {@snippet file="io/memryx/SnippetsTest.java" region="automatic"}
 *
 * @param hotEntries rows of the hot buffer from which on a build may be due; at least 1
 * @param hotShare rows of the hot buffer, as a share of the built entries, from which on one may be
 *     due: what is built is worth a build only if it is not a small part of the whole; at least 0
 * @param request how to build
 * @param starter called with each collection that is due, by the thread whose upsert made it so;
 *     must be quick and start the build elsewhere. Null: the store builds, on a daemon thread of
 *     its own that ends with {@link VectorStore#close()}
 * @param failures told of builds that the store started and that failed, on the building thread;
 *     they are logged in any case
 */
public record AutomaticBuild(
    int hotEntries,
    double hotShare,
    BuildRequest request,
    @Nullable Consumer<VectorCollection> starter,
    BiConsumer<VectorCollection, Throwable> failures) {

  /**
   * Rows of a hot buffer that are scanned in about the time of a search of a large index, and share
   * of the built entries that is worth encoding them.
   */
  private static final int DEFAULT_HOT_ENTRIES = 10_000;

  private static final double DEFAULT_HOT_SHARE = 0.2;

  private static final AutomaticBuild NEVER = defaults().withHotEntries(Integer.MAX_VALUE);

  /** Refuses what is out of range. */
  public AutomaticBuild {
    if (hotEntries < 1 || !(hotShare >= 0 && hotShare < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a build is due at %d entries and a share of %s, expected at least 1 and a share of 0 or more"
              .formatted(hotEntries, hotShare));
    }
  }

  /**
   * Not by size: builds are asked for. Where changes are logged, a collection whose log has passed
   * 256 MiB and three times what the collection takes in memory is built all the same, for that is
   * what makes a log short.
   */
  public static AutomaticBuild never() {
    return NEVER;
  }

  /**
   * By the store, on one thread, with {@link BuildRequest#defaults()}, once the hot buffer has
   * 10,000 rows and a fifth of the built entries.
   */
  public static AutomaticBuild defaults() {
    return new AutomaticBuild(
        DEFAULT_HOT_ENTRIES,
        DEFAULT_HOT_SHARE,
        BuildRequest.defaults(),
        null,
        (collection, failure) -> {});
  }

  /** Rows of the hot buffer at which a build is due, given the built entries. */
  public long dueAt(int builtEntries) {
    return hotEntries == Integer.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(hotEntries, (long) (hotShare * builtEntries));
  }

  /** With another size of the hot buffer. */
  public AutomaticBuild withHotEntries(int rows) {
    return new AutomaticBuild(rows, hotShare, request, starter, failures);
  }

  /** With another share of the built entries. */
  public AutomaticBuild withHotShare(double share) {
    return new AutomaticBuild(hotEntries, share, request, starter, failures);
  }

  /** With another way to build: threads, progress, seed. */
  public AutomaticBuild withRequest(BuildRequest builds) {
    return new AutomaticBuild(hotEntries, hotShare, builds, starter, failures);
  }

  /** With someone else who starts the builds that are due. */
  public AutomaticBuild withStarter(Consumer<VectorCollection> starts) {
    return new AutomaticBuild(hotEntries, hotShare, request, starts, failures);
  }

  /** With a listener for builds of the store's own that failed. */
  public AutomaticBuild withFailureListener(BiConsumer<VectorCollection, Throwable> listener) {
    return new AutomaticBuild(hotEntries, hotShare, request, starter, listener);
  }
}
