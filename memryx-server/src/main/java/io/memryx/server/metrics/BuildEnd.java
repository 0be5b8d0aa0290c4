package io.memryx.server.metrics;

/** How a build ended. */
public enum BuildEnd {
  /** Searches use what it made. */
  SWAPPED,
  /** It could not be done. */
  FAILED,
  /** It was not wanted any more. */
  CANCELLED
}
