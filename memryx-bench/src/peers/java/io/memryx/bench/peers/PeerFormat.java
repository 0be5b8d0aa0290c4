package io.memryx.bench.peers;

import java.io.IOException;
import java.nio.file.Path;

/** A way to build an index over rows of vectors and to open it again. */
interface PeerFormat {

  /** The configuration in words, versions included: what a kept index must have been built with. */
  String configuration();

  /**
   * Builds an index in an empty directory.
   *
   * @return seconds of earlier work that this build took over from another peer's files, and that
   *     it would otherwise have had to spend itself; 0 if it did everything
   */
  double build(Corpus corpus, BuildPlace place) throws IOException;

  /** Opens what was built. */
  PeerIndex<?> open(Path directory) throws IOException;

  /**
   * Where and how to build.
   *
   * @param directory of this peer, empty
   * @param indexes the directory above it, with the indexes of all peers
   * @param threads that may work
   */
  record BuildPlace(Path directory, Path indexes, int threads) {}
}
