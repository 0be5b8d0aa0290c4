package io.memryx;

import java.time.Duration;
import java.util.regex.Pattern;

/** The bounds of every input, in one place. Thread-safe. */
public final class Limits {
  /** Largest dimension of a vector. */
  public static final int MAX_DIMENSION = 4_096;

  /** Largest number of neighbors one search returns. */
  public static final int MAX_K = 1_000;

  /** Largest number of entries in one page. */
  public static final int MAX_PAGE = 1_000;

  /** Largest size of an id, in UTF-8 bytes. */
  public static final int MAX_ID_BYTES = 512;

  /** Largest size of one entry's metadata, in encoded bytes. */
  public static final int MAX_METADATA_BYTES = 16 * 1_024;

  /** Largest number of fields in one entry's metadata. */
  public static final int MAX_METADATA_FIELDS = 64;

  /** Deepest nesting of arrays in a metadata value. */
  public static final int MAX_METADATA_DEPTH = 8;

  /**
   * Deepest nesting of a filter, a single condition being one level: as JSON it still fits the
   * nesting that the server reads.
   */
  public static final int MAX_FILTER_DEPTH = 10;

  /** Largest number of conditions in a filter: each is looked at for every entry, at worst. */
  public static final int MAX_FILTER_CONDITIONS = 256;

  /** Largest number of values that a filter compares with, those of lists included. */
  public static final int MAX_FILTER_VALUES = 4_096;

  /**
   * Largest number of entries in one upsert. A thousand at one time are as fast as any number; more
   * are for those who need all of them to come in, or none.
   */
  public static final int MAX_BATCH_ENTRIES = 1 << 24;

  /** Largest number of requests in one batch of searches. */
  public static final int MAX_BATCH_SEARCHES = 1_000;

  /** Largest number of entries that a measurement of recall searches for. */
  public static final int MAX_RECALL_SAMPLE = 10_000;

  /** Largest number of entries in one collection: the id table has up to two slots for each. */
  public static final int MAX_ENTRIES = 1 << 29;

  private static final Pattern COLLECTION_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  private Limits() {}

  /**
   * Refuses a collection name that is not 1 to 63 of {@code a-z 0-9 _ -}, the first a letter or
   * digit.
   *
   * @return the name
   */
  public static String requireCollectionName(String name) {
    if (!COLLECTION_NAME.matcher(name).matches()) {
      throw new ValidationException(
          Violation.Code.BAD_NAME,
          "'%s' is not a collection name".formatted(Violation.printable(name)),
          "use 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or a digit");
    }
    return name;
  }

  static void requireRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "%s is %d, expected %d..%d".formatted(name, value, min, max),
          "give a value in that range");
    }
  }

  static void requireDeadline(Duration deadline) {
    if (!deadline.isPositive()) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "the deadline is %s, expected more than nothing".formatted(deadline),
          "give the time that the search may take from its begin, or none");
    }
  }
}
