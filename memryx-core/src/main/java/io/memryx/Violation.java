package io.memryx;

/**
 * One thing that is wrong with what a caller gave.
 *
 * @param index position of the faulty entry in its batch; 0 where there is only one thing
 * @param code the kind of fault, stable across releases
 * @param detail what was wrong, with the number or the name, and what was expected
 * @param hint what to do about it
 */
public record Violation(int index, Code code, String detail, String hint) {

  /** The kinds of fault, stable across releases. */
  public enum Code {
    /** The vector has another dimension than its collection. */
    DIMENSION_MISMATCH,
    /** A dimension that no collection can have. */
    BAD_DIMENSION,
    /** A component is NaN or infinite. */
    NON_FINITE,
    /**
     * The vector has no direction (or its length can't be represented), and the metric is cosine.
     */
    ZERO_NORM,
    /** The components are so large that scores could not be represented. */
    VECTOR_TOO_LONG,
    /** The id is empty, too long or has control characters or broken surrogates. */
    BAD_ID,
    /** The metadata has too many fields, too many bytes, too much depth or an unusable name. */
    BAD_METADATA,
    /** A filter that can't be meant so. */
    BAD_FILTER,
    /** A filter that nests too deep or has too many conditions or values. */
    FILTER_TOO_COMPLEX,
    /** k, probes, rerank or min_score out of its range. */
    OUT_OF_RANGE,
    /** No entries, or too many of them. */
    BAD_BATCH,
    /** No entry has the id that a search is to start from. */
    UNKNOWN_ID,
    /** Not a collection name. */
    BAD_NAME
  }

  /** The violation at another position. */
  Violation at(int position) {
    return new Violation(position, code, detail, hint);
  }

  /** A caller's text for an error message: control characters replaced, at most 80 characters. */
  static String printable(String text) {
    String shown = text.length() <= 80 ? text : text.substring(0, 77) + "...";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
