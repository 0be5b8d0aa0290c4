package io.memryx;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a collection's entries, in order of id (by code point). Immutable.
 *
 * @param limit most entries of the page, 1 to {@link Limits#MAX_PAGE}
 * @param afterId the page begins with the next id in order, whether or not there is an entry of
 *     this one; null for the first page
 * @param filter what entries must pass, or null
 */
public record PageRequest(int limit, @Nullable String afterId, @Nullable Filter filter) {

  /** Refuses a limit out of range, and text that no id can be. */
  public PageRequest {
    if (limit < 1 || limit > Limits.MAX_PAGE) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "limit is %d, expected 1..%d".formatted(limit, Limits.MAX_PAGE),
          "give a value in that range and ask for one page after the other");
    }
    if (afterId != null && !StandardCharsets.UTF_8.newEncoder().canEncode(afterId)) {
      throw new ValidationException(
          Violation.Code.BAD_ID,
          "the id to go on after has half a surrogate pair",
          "give the last id of the page before");
    }
  }

  /** The first page. */
  public static PageRequest first(int limit) {
    return new PageRequest(limit, null, null);
  }

  /** The page that follows this id: that of the last entry of the page before. */
  public PageRequest after(String id) {
    return new PageRequest(limit, id, filter);
  }

  /** Counts entries that pass a filter only. */
  public PageRequest withFilter(Filter filter) {
    return new PageRequest(limit, afterId, filter);
  }
}
