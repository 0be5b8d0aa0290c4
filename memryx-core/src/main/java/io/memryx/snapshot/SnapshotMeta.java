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
 * @param lists number of inverted lists, never more than {@code entries}; 0 if the entries are kept
 *     as they are
 * @param quantizer name of the quantiser that made the codes; {@link #NO_QUANTIZER} without lists
 */
public record SnapshotMeta(CollectionOptions options, int entries, int lists, String quantizer) {

  /** What stands for the name of a quantiser where there are no codes. */
  public static final String NO_QUANTIZER = "none";

  /** Refuses impossible counts. */
  public SnapshotMeta {
    if (entries < 0 || entries > Limits.MAX_ENTRIES || lists < 0 || lists > entries) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "%d entries in %d lists".formatted(entries, lists),
          "no snapshot has such counts: the file is damaged or not a snapshot");
    }
  }
}
