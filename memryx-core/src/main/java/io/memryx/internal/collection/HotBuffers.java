package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.internal.ivf.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The hot buffers behind the views of a state, in the same order: those frozen for a build first,
 * the active one, which takes entries, last. For whoever holds the write lock of {@link Contents}.
 */
final class HotBuffers {
  private final CollectionOptions options;
  private final List<HotBuffer> buffers = new ArrayList<>();

  /** None yet; {@link #restart} comes first. */
  HotBuffers(CollectionOptions options) {
    this.options = options;
  }

  /** Forgets all buffers. The views from now on: of an empty one, the active one. */
  List<HotBuffer.View> restart() {
    HotBuffer active = new HotBuffer(options);
    buffers.clear();
    buffers.add(active);
    return List.of(active.view(0, RowSet.empty()));
  }

  HotBuffer active() {
    return buffers.getLast();
  }

  void replaceActive(HotBuffer active) {
    buffers.set(buffers.size() - 1, active);
  }

  /** How many buffers there are. */
  int count() {
    return buffers.size();
  }

  /** Rows of all of them, dead ones among them. */
  long rows() {
    long sum = 0;
    for (HotBuffer buffer : buffers) {
      sum += buffer.size();
    }
    return sum;
  }

  /** Memory, without object headers. */
  long bytes() {
    long sum = 0;
    for (HotBuffer buffer : buffers) {
      sum += buffer.bytes();
    }
    return sum;
  }

  /** The same with headers, and with room to mark every row as dead. */
  long heapBytes() {
    long sum = 0;
    for (HotBuffer buffer : buffers) {
      sum += buffer.heapBytes();
    }
    return sum;
  }

  /**
   * The live entry of an id, or null.
   *
   * @param views of these buffers, as of now
   */
  @Nullable Place find(byte[] id, List<HotBuffer.View> views) {
    for (int i = 0; i < buffers.size(); i++) {
      int row = buffers.get(i).find(id);
      HotBuffer.View view = views.get(i);
      if (row >= 0 && !view.dead().contains(row)) {
        return new Place(view, row);
      }
    }
    return null;
  }

  /**
   * What {@link #withRoomFor} allocates.
   *
   * @param before the view of the active buffer
   */
  long growthBytes(HotBuffer.View before, int entries, long textBytes) {
    return before.isMostlyDead()
        ? liveGrowthBytes(before, entries, textBytes)
        : active().growthBytes(entries, textBytes);
  }

  /**
   * The buffer that takes so many entries more, with room for them: the active one, or one of its
   * live rows alone if most of them are dead.
   *
   * @param before the view of the active one
   */
  HotBuffer withRoomFor(int entries, HotBuffer.View before) {
    if (before.isMostlyDead()) {
      return compacted(before, entries);
    }
    HotBuffer active = active();
    active.reserve(entries);
    return active;
  }

  /**
   * A copy of the active buffer's live rows, if there is memory for both at once.
   *
   * @param memory asked for what is about to be allocated
   */
  Optional<HotBuffer> withoutDead(HotBuffer.View source, LongPredicate memory) {
    return memory.test(liveGrowthBytes(source, 0, 0))
        ? Optional.of(compacted(source, 0))
        : Optional.empty();
  }

  private long liveGrowthBytes(HotBuffer.View source, int further, long texts) {
    return new HotBuffer(options).growthBytes(source.liveSize() + further, texts);
  }

  private HotBuffer compacted(HotBuffer.View source, int further) {
    var compacted = new HotBuffer(options);
    compacted.reserve(source.liveSize() + further);
    compacted.appendLive(source);
    return compacted;
  }

  /** Freezes the active buffer. The state from now on: with an empty one, the active one. */
  CollectionState freezeActive(CollectionState state) {
    HotBuffer active = new HotBuffer(options);
    var views = new ArrayList<>(state.hot());
    views.add(active.view(0, RowSet.empty()));
    var next = new CollectionState(state.generation(), state.dead(), views, state.lastSequence());
    buffers.add(active);
    return next;
  }

  /**
   * Has the buffer frozen last take entries again, those of the active one first, which it
   * replaces. The state from now on: with one buffer less.
   */
  CollectionState thawLast(CollectionState state) {
    int last = buffers.size() - 1;
    HotBuffer thawed = buffers.get(last - 1);
    RowSet dead = state.hot().get(last - 1).dead();
    HotBuffer.View newer = state.hot().get(last);
    thawed.reserve(newer.liveSize());
    var views = new ArrayList<>(state.hot().subList(0, last - 1));
    views.add(thawed.view(thawed.size() + newer.liveSize(), dead));
    var next = new CollectionState(state.generation(), state.dead(), views, state.lastSequence());
    thawed.appendLive(newer);
    buffers.remove(last);
    return next;
  }

  /** Forgets the oldest buffers, whose entries are in a generation now. */
  void forget(int oldest) {
    buffers.subList(0, oldest).clear();
  }
}
