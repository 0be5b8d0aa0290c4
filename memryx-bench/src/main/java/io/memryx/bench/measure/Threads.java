package io.memryx.bench.measure;

/** How many threads an option asks for. */
public final class Threads {
  private Threads() {}

  /** That many, or one per processor if none are given. */
  public static int orAll(int given) {
    if (given < 0) {
      throw new IllegalArgumentException(given + " threads: expected 1 or more, or 0 for all");
    }
    return given == 0 ? Runtime.getRuntime().availableProcessors() : given;
  }
}
