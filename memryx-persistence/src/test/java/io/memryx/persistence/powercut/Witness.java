package io.memryx.persistence.powercut;

import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Promise.End;
import java.util.List;
import java.util.Optional;

/** Someone who sees what happens, and knows what must be found after it. Not thread-safe. */
interface Witness {

  /** One event more. */
  void apply(Event event);

  /** What a power cut may leave now that is worth a look. */
  List<Survivors> survivors(Medium medium);

  /** What must be found now. */
  Demand demand(End end);

  /** What must be found. */
  interface Demand {
    /** What is wrong with an image, if anything. */
    Optional<String> violation(Image image);

    /** Tells demands of one witness apart. */
    long digest();
  }
}
