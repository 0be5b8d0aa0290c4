package io.memryx.persistence.linearizability;

import org.jetbrains.lincheck.datastructures.Operation;

/** The calls that threads make while the collection may be dropped, at any moment, once. */
public class CollectionCallsUntilDropped extends CollectionCallsWithBuilds {

  @Operation(runOnce = true)
  public boolean drop() {
    return tryDrop();
  }
}
