package io.memryx.internal.collection;

import io.memryx.internal.ivf.RowSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that a search needs, as of one moment: immutable, published by one volatile write. An id is
 * live in at most one place.
 *
 * @param generation the built index
 * @param dead ordinals of the generation that were replaced since
 * @param hot the hot buffers, the one that takes entries last; those before it are frozen for a
 *     build
 * @param lastSequence number of the last change in it; 0 before the first, and where changes are
 *     not logged
 */
record CollectionState(
    Generation generation, RowSet dead, List<HotBuffer.View> hot, long lastSequence) {

  CollectionState {
    hot = List.copyOf(hot);
  }

  /** The state after a change of this number. */
  CollectionState after(long sequence) {
    return new CollectionState(generation, dead, hot, sequence);
  }

  /** With another view of the buffer that takes entries. */
  CollectionState withActive(HotBuffer.View active) {
    var views = new ArrayList<>(hot.subList(0, hot.size() - 1));
    views.add(active);
    return new CollectionState(generation, dead, views, lastSequence);
  }

  /** The state in which the rows that were found are dead. */
  CollectionState without(Removal removal) {
    if (removal.isEmpty()) {
      return this;
    }
    var views = new ArrayList<HotBuffer.View>(hot.size());
    for (HotBuffer.View view : hot) {
      views.add(view.withDead(removal.rowsOf(view)));
    }
    return new CollectionState(
        generation, dead.with(removal.rowsOf(generation)), views, lastSequence);
  }

  /**
   * The state in which a generation stands for what it was built from; entries that died since the
   * build began are dead in it.
   *
   * @param frozen what it was built from: earlier than this, of the same generation, with the first
   *     of the hot buffers
   */
  CollectionState builtFrom(CollectionState frozen, Generation built) {
    return new CollectionState(
        built,
        RowSet.empty().with(diedSince(frozen).mapToInt(built::find).toArray()),
        hot.subList(frozen.hot.size(), hot.size()),
        lastSequence);
  }

  /** The ids of entries that were alive in an earlier state and are not any more. */
  private Stream<byte[]> diedSince(CollectionState frozen) {
    Stream<byte[]> ids = Arrays.stream(dead.minus(frozen.dead)).mapToObj(generation::id);
    for (int i = 0; i < frozen.hot.size(); i++) {
      HotBuffer.View before = frozen.hot.get(i);
      int[] died = hot.get(i).dead().minus(before.dead());
      ids = Stream.concat(ids, Arrays.stream(died).mapToObj(before::id));
    }
    return ids;
  }

  /** Entries that searches find. */
  int liveSize() {
    return generation.size() - dead.size() + hotLiveSize();
  }

  /** Entries that searches find in the hot buffers. */
  int hotLiveSize() {
    return hot.stream().mapToInt(HotBuffer.View::liveSize).sum();
  }

  /** Rows of the hot buffers, dead ones among them. */
  long hotRows() {
    long rows = 0;
    for (HotBuffer.View view : hot) {
      rows += view.size();
    }
    return rows;
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
