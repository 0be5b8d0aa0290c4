package io.memryx.internal.collection;

import io.memryx.internal.collection.Contents.Growth;
import io.memryx.internal.collection.Surroundings.BuildTrigger;

/** How many hot rows a collection may have until its next automatic build is due. Thread-safe. */
final class BuildDemand {
  private final Contents contents;
  private final BuildTrigger automatic;

  /** Rows of the hot buffers at which the next build is due. Guarded by this object's monitor. */
  private long dueAt;

  /** Of contents as they are now. */
  BuildDemand(Contents contents, BuildTrigger automatic) {
    this.contents = contents;
    this.automatic = automatic;
    this.dueAt = automatic.dueAt(contents.growth().built());
  }

  /** Whether a build is worth while, whoever has asked for it. */
  boolean isThere() {
    Growth growth = contents.growth();
    return growth.hotRows() >= automatic.dueAt(growth.built());
  }

  /** Whether it has come up; asked after rows were added. If so, it comes up again later. */
  synchronized boolean comesUp() {
    Growth growth = contents.growth();
    boolean due = growth.hotRows() >= dueAt;
    if (due) {
      // If this build fails, the next is due when as many rows again were added.
      dueAt = growth.hotRows() + automatic.dueAt(growth.built());
    }
    return due;
  }

  /** A build was published: counting begins anew. */
  synchronized void met() {
    dueAt = automatic.dueAt(contents.growth().built());
  }
}
