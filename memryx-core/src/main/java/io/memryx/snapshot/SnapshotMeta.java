package io.memryx.snapshot;

import io.memryx.CollectionOptions;
import io.memryx.Limits;
import io.memryx.ValidationException;
import io.memryx.Violation;

/**
 * What a snapshot is of.
 *
 * @param options dimension and metric of the collection
 * @param entries number of entries, 0 to {@link Limits#MAX_ENTRIES}
 * @param lists number of inverted lists; at least 1 if there are entries, never more than {@code
 *     entries}
 * @param quantizer name of the quantiser that made the codes
 */
public record SnapshotMeta(CollectionOptions options, int entries, int lists, String quantizer) {

  /** Refuses impossible counts. */
  public SnapshotMeta {
    boolean listsFit = entries == 0 ? lists == 0 : lists >= 1 && lists <= entries;
    if (entries < 0 || entries > Limits.MAX_ENTRIES || !listsFit) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "%d entries in %d lists".formatted(entries, lists),
          "no snapshot has such counts: the file is damaged or not a snapshot");
    }
  }
}
