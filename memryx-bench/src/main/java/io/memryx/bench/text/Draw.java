package io.memryx.bench.text;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A random choice that keeps the order. */
final class Draw {
  private Draw() {}

  /** So many elements of a list, every choice as likely as any other; all if there are fewer. */
  static <T> List<T> of(List<T> all, int count, long seed) {
    var random = new SplittableRandom(seed);
    List<T> drawn = new ArrayList<>();
    for (int i = 0; i < all.size() && drawn.size() < count; i++) {
      if (random.nextInt(all.size() - i) < count - drawn.size()) {
        drawn.add(all.get(i));
      }
    }
    return drawn;
  }
}
