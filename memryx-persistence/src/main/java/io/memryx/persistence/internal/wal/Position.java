package io.memryx.persistence.internal.wal;

/**
 * Where in a log what a snapshot doesn't hold begins.
 *
 * @param floor first segment that may hold a change after the snapshot; 0 or 1 for all
 * @param afterSequence last change that the snapshot holds; 0 if none
 * @param newestNamed newest segment that is known to have been there; 0 if none
 */
public record Position(long floor, long afterSequence, long newestNamed) {
  /** Before everything. */
  public static final Position START = new Position(0, 0, 0);

  /** Refuses negative numbers. */
  public Position {
    if (floor < 0 || afterSequence < 0 || newestNamed < 0) {
      throw new IllegalArgumentException(
          "floor %d, after change %d, newest segment %d: none may be negative"
              .formatted(floor, afterSequence, newestNamed));
    }
  }
}
