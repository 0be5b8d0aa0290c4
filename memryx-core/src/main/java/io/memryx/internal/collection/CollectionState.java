package io.memryx.internal.collection;

import io.memryx.internal.ivf.RowSet;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a search needs, as of one moment: immutable, published by one volatile write. An id is
 * live in at most one place.
 *
 * @param generation the built index
 * @param dead ordinals of the generation that were replaced since
 * @param hot the hot buffers, the one that takes entries last; those before it are frozen for a
 *     build
 */
record CollectionState(Generation generation, RowSet dead, List<HotBuffer.View> hot) {

  CollectionState {
    hot = List.copyOf(hot);
  }

  /** With another view of the buffer that takes entries. */
  CollectionState withActive(HotBuffer.View active) {
    var views = new ArrayList<>(hot.subList(0, hot.size() - 1));
    views.add(active);
    return new CollectionState(generation, dead, views);
  }

  /** The state in which the rows that were found are dead. */
  CollectionState without(Removal removal) {
    if (removal.isEmpty()) {
      return this;
    }
    var views = new ArrayList<HotBuffer.View>(hot.size());
    for (int i = 0; i < hot.size(); i++) {
      views.add(hot.get(i).withDead(removal.hotRows(i)));
    }
    return new CollectionState(generation, dead.with(removal.ordinals()), views);
  }

  /** Entries that searches find. */
  int liveSize() {
    return generation.size() - dead.size() + hotLiveSize();
  }

  /** Entries that searches find in the hot buffers. */
  int hotLiveSize() {
    return hot.stream().mapToInt(HotBuffer.View::liveSize).sum();
  }

  /** Entries that were replaced or deleted and still take memory. */
  int tombstones() {
    return dead.size() + hot.stream().mapToInt(view -> view.dead().size()).sum();
  }

  /** Memory of the marks on those. */
  long tombstoneBytes() {
    return dead.bytes() + hot.stream().mapToLong(view -> view.dead().bytes()).sum();
  }
}
