package io.memryx.snapshot;

import io.memryx.CollectionOptions;
import io.memryx.Limits;
import io.memryx.ValidationException;
import io.memryx.Violation;

/**
 * What a snapshot is of.
 *
 * @param options dimension, metric and compression of the collection
 * @param entries number of entries, 0 to {@link Limits#MAX_ENTRIES}
 * @param lists number of inverted lists; 0 if the entries are kept as they are, or there are none.
 *     May be more than {@code entries}: where others were deleted, the lists that they were in stay
 * @param quantizer name of the quantiser that made the codes; {@link #NO_QUANTIZER} without lists
 * @param lastSequence number of the last change in it ({@link ChangeLog}); 0 before the first, and
 *     where changes are not logged
 */
public record SnapshotMeta(
    CollectionOptions options, int entries, int lists, String quantizer, long lastSequence) {

  /** What stands for the name of a quantiser where there are no codes. */
  public static final String NO_QUANTIZER = "none";

  /** Of a collection whose changes are not logged. */
  public SnapshotMeta(CollectionOptions options, int entries, int lists, String quantizer) {
    this(options, entries, lists, quantizer, 0);
  }

  /** Refuses impossible counts. */
  public SnapshotMeta {
    if (entries < 0
        || entries > Limits.MAX_ENTRIES
        || lists < 0
        || lists > (entries == 0 ? 0 : Limits.MAX_ENTRIES)
        || lastSequence < 0) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "%d entries in %d lists after change %d".formatted(entries, lists, lastSequence),
          "no snapshot has such counts: the file is damaged or not a snapshot");
    }
  }
}
