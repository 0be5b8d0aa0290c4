package io.memryx.persistence.internal.wal;

import java.io.IOException;
import java.util.LinkedHashSet;

/**
 * The segments whose files are open, the least recently used first. A store may have more
 * collections than a process may have files. Used by the log's thread only.
 */
final class OpenFiles {
  /** A quarter of the files that a process may open where nobody set more: 1,024. */
  static final int MAX = 256;

  private final LinkedHashSet<OpenSegment> open = new LinkedHashSet<>();

  /** Notes a use, and closes the file that was not used for longest if there are too many. */
  void used(OpenSegment segment) throws IOException {
    open.addLast(segment);
    if (open.size() > MAX) {
      OpenSegment eldest = open.getFirst();
      eldest.force();
      eldest.closeFile();
    }
  }

  void closed(OpenSegment segment) {
    open.remove(segment);
  }
}
