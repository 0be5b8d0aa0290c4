package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.Limits;
import io.memryx.UpsertResult;
import io.memryx.ValidationException;
import io.memryx.Violation;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.metadata.Utf8;
import io.memryx.snapshot.LoggedEntry;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is in a collection: one volatile reference to its {@link CollectionState}, and the buffers
 * and the memory behind that, changed under one lock. Thread-safe.
 *
 * <p>Searches read the reference once and never wait. Whoever writes, or looks up an id, holds
 * {@link #writes} for as long as it takes to append or to look; never while something is built or
 * written to disk.
 */
final class Contents {
  /** Objects and empty arrays of a collection without entries, measured. */
  private static final int COLLECTION_BYTES = 1_024;

  private final String name;
  private final CollectionOptions options;
  private final ReentrantLock writes = new ReentrantLock();

  /** For changes that were logged. Guarded by {@link #writes}. */
  private final Turns turns;

  /** Behind {@code state.hot()}, in the same order. Guarded by {@link #writes}. */
  private final HotBuffers buffers;

  /** What was promised room and is not in yet. Guarded by {@link #writes}. */
  private Arriving promised = Arriving.NOTHING;

  /** Memory of the state and what it grows by. Changed under {@link #writes}. */
  private final MemoryAccount.Share held;

  /**
   * Replaced as a whole, under {@link #writes}; volatile, because searches read it without. Empty
   * once the collection has ended.
   */
  private volatile CollectionState state;

  /**
   * Why the collection has ended. Written under {@link #writes}, before {@link #state} is emptied:
   * who reads the state first and this next can't take the emptied one for the collection's.
   */
  private volatile @Nullable End ended;

  /**
   * Begins with a built generation.
   *
   * @param lastSequence number of the last change in it
   * @param held what was taken of the budget for it already; the collection's from now on
   * @throws io.memryx.MemoryBudgetException if there is no room for it
   */
  Contents(String name, Generation generation, long lastSequence, MemoryAccount.Share held) {
    this.name = name;
    this.options = generation.options();
    this.buffers = new HotBuffers(options);
    this.held = held;
    this.state = new CollectionState(generation, RowSet.empty(), buffers.restart(), lastSequence);
    this.turns = new Turns(writes, lastSequence);
    held.raiseTo(heldBytes(), "collection '%s'".formatted(name));
  }

  /** The state to search and to look into. */
  CollectionState current() {
    CollectionState current = state;
    requireUsable();
    return current;
  }

  void requireUsable() {
    End end = ended;
    if (end != null) {
      throw new IllegalStateException(end.refusal(name));
    }
  }

  /** Why the collection has ended, or null. */
  @Nullable End ended() {
    return ended;
  }

  /** Lets go of everything, and refuses every later call. */
  void end(End why) {
    writes.lock();
    try {
      ended = why;
      state = new CollectionState(Generation.empty(options), RowSet.empty(), buffers.restart(), 0);
      turns.end();
      held.settle(heldBytes());
    } finally {
      writes.unlock();
    }
  }

  /**
   * Entries on their way in.
   *
   * @param rows how many
   * @param textBytes size of their ids and metadata
   */
  record Arriving(int rows, long textBytes) {
    static final Arriving NOTHING = new Arriving(0, 0);

    static Arriving of(Collection<? extends LoggedEntry> entries) {
      long texts = 0;
      for (LoggedEntry entry : entries) {
        texts += entry.id().length + entry.metadata().length;
      }
      return new Arriving(entries.size(), texts);
    }

    Arriving plus(Arriving other) {
      return new Arriving(Math.addExact(rows, other.rows), textBytes + other.textBytes);
    }

    Arriving minus(Arriving other) {
      return new Arriving(rows - other.rows, textBytes - other.textBytes);
    }
  }

  /**
   * Makes sure that there is room for entries, so that {@link #upsert} can't be refused for want of
   * it; to be followed by that or by {@link #withdraw}.
   */
  void promise(Arriving arriving) {
    writes.lock();
    try {
      requireUsable();
      Arriving all = promised.plus(arriving);
      requireRoom(all.rows());
      held.raiseTo(
          heldBytes() + growthBytes(all),
          "adding %,d entries to collection '%s'".formatted(arriving.rows(), name));
      promised = all;
    } finally {
      writes.unlock();
    }
  }

  /** Takes a promise back. */
  void withdraw(Arriving arriving) {
    writes.lock();
    try {
      promised = promised.minus(arriving);
      settle();
    } finally {
      writes.unlock();
    }
  }

  /** What the promised entries will take. */
  private long growthBytes(Arriving arriving) {
    return arriving.rows() == 0
        ? 0
        : buffers.growthBytes(state.hot().getLast(), arriving.rows(), arriving.textBytes());
  }

  private void settle() {
    held.settle(ended == null ? heldBytes() + growthBytes(promised) : 0);
  }

  /**
   * Waits until it is the turn of a change: after the one whose number is one less. From here to
   * {@link #endTurn} nobody else changes anything. A change that was logged must get there and back
   * whatever happens, or all later ones wait forever: so this throws nothing, and works without
   * memory.
   *
   * @param sequence 0 of a change that was not logged, whose turn it is at once
   */
  private void awaitTurn(long sequence) {
    writes.lock();
    turns.await(sequence);
  }

  /** Lets the next change come, even if this one could not be made, for want of memory. */
  private void endTurn(long sequence) {
    try {
      turns.made(sequence);
      if (ended == null && sequence > state.lastSequence()) {
        state = state.after(sequence);
      }
      settle();
    } finally {
      writes.unlock();
    }
  }

  /**
   * Adds entries of distinct ids, in place of those that have the ids already.
   *
   * @param arriving what they were promised room as
   */
  UpsertResult upsert(long sequence, Collection<? extends LoggedEntry> entries, Arriving arriving) {
    awaitTurn(sequence);
    try {
      requireUsable();
      promised = promised.minus(arriving);
      return appendLocked(entries);
    } finally {
      endTurn(sequence);
    }
  }

  /** Everything that can fail comes first; then entries go in and one write publishes them. */
  private UpsertResult appendLocked(Collection<? extends LoggedEntry> entries) {
    CollectionState next = state.without(removal(entries.stream().map(LoggedEntry::id).toList()));
    int replaced = next.tombstones() - state.tombstones();
    HotBuffer.View before = next.hot().getLast();
    HotBuffer active = buffers.withRoomFor(entries.size(), before);
    RowSet dead = active.equals(buffers.active()) ? before.dead() : RowSet.empty();
    next = next.withActive(active.view(active.size() + entries.size(), dead));
    active.append(entries);
    buffers.replaceActive(active);
    state = next;
    return new UpsertResult(entries.size() - replaced, replaced);
  }

  private void requireRoom(int entries) {
    long rows = state.generation().size() + buffers.rows() + entries;
    if (rows > Limits.MAX_ENTRIES) {
      throw new ValidationException(
          Violation.Code.BAD_BATCH,
          "collection '%s' would have %d rows, the limit is %d"
              .formatted(name, rows, Limits.MAX_ENTRIES),
          "spread the entries over several collections");
    }
  }

  /**
   * What the budget counts for the state: what {@code stats} says, headers of small objects, and
   * the marks that deletes will need, so that those need not be refused. Nothing once the
   * collection has ended, though a build that ended it may still come to its thaw.
   */
  private long heldBytes() {
    if (ended != null) {
      return 0;
    }
    Generation generation = state.generation();
    return COLLECTION_BYTES
        + generation.bytes()
        + RowSet.mostBytes(generation.size())
        + buffers.heapBytes();
  }

  /** Deletes the entries of these ids, as far as there are some; how many there were. */
  int delete(long sequence, List<byte[]> ids) {
    awaitTurn(sequence);
    try {
      requireUsable();
      return publishDeleted(state.without(removal(ids)));
    } finally {
      endTurn(sequence);
    }
  }

  /** Whether there is an entry of one of these ids. */
  boolean containsAny(List<byte[]> ids) {
    writes.lock();
    try {
      requireUsable();
      return ids.stream().anyMatch(id -> findLocked(id).isPresent());
    } finally {
      writes.unlock();
    }
  }

  private int publishDeleted(CollectionState next) {
    int deleted = next.tombstones() - state.tombstones();
    HotBuffer.View active = next.hot().getLast();
    // Without memory for both at once, the dead rows stay for now.
    Optional<HotBuffer> compacted =
        active.isMostlyDead()
            ? buffers.withoutDead(
                active, growth -> held.tryRaiseTo(heldBytes() + growthBytes(promised) + growth))
            : Optional.empty();
    state =
        compacted.map(copy -> next.withActive(copy.view(copy.size(), RowSet.empty()))).orElse(next);
    compacted.ifPresent(buffers::replaceActive);
    return deleted;
  }

  private Removal removal(List<byte[]> ids) {
    var removal = new Removal();
    for (byte[] id : ids) {
      findLocked(id).ifPresent(removal::add);
    }
    return removal;
  }

  /** Where the entry of an id lies, as of now. */
  Optional<Place> find(String id) {
    // The buffers' id tables are for writers; a look-up is short enough to take its turn.
    writes.lock();
    try {
      requireUsable();
      return findLocked(id);
    } finally {
      writes.unlock();
    }
  }

  /** Where entries lie in the state of one moment. */
  Found findAll(Collection<String> ids) {
    Map<String, Place> places = HashMap.newHashMap(ids.size());
    writes.lock();
    try {
      requireUsable();
      for (String id : ids) {
        findLocked(id).ifPresent(place -> places.put(id, place));
      }
      return new Found(state, places);
    } finally {
      writes.unlock();
    }
  }

  /**
   * Entries that were looked up.
   *
   * @param state as of the look-up
   * @param places by id, in that state; without the ids that nothing has
   */
  record Found(CollectionState state, Map<String, Place> places) {}

  private Optional<Place> findLocked(String id) {
    // No entry has an id that is not text; as bytes it would be another one, with '?' in its place.
    return Utf8.isEncodable(id) ? findLocked(encoded(id)) : Optional.empty();
  }

  private static byte[] encoded(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  private Optional<Place> findLocked(byte[] id) {
    Place hot = buffers.find(id, state.hot());
    if (hot != null) {
      return Optional.of(hot);
    }
    int ordinal = state.generation().find(id);
    return ordinal < 0 || state.dead().contains(ordinal)
        ? Optional.empty()
        : Optional.of(new Place(state.generation(), ordinal));
  }

  /** The state and the memory of the buffers behind it, as of one moment. */
  Weighed weigh() {
    writes.lock();
    try {
      return new Weighed(current(), buffers.bytes());
    } finally {
      writes.unlock();
    }
  }

  /** A state and the memory of the buffers behind it. */
  record Weighed(CollectionState state, long hotBytes) {}

  /**
   * How far the collection has grown beyond its generation; nothing once it has ended. Waits for
   * nobody: it is asked for after every change.
   */
  Growth growth() {
    CollectionState now = state;
    return ended == null
        ? new Growth(now.generation().size(), now.hotRows(), held.bytes())
        : new Growth(0, 0, 0);
  }

  /**
   * Sizes as of one moment.
   *
   * @param built entries of the generation, dead ones among them
   * @param hotRows rows of the hot buffers, dead ones among them
   * @param bytes memory of all, with what was promised room; maybe of a moment later
   */
  record Growth(int built, long hotRows, long bytes) {}

  /** What is to be built: everything upserted so far. From now on another buffer takes entries. */
  CollectionState freeze() {
    writes.lock();
    try {
      if (buffers.active().size() > 0) {
        state = buffers.freezeActive(state);
      }
      List<HotBuffer.View> frozen = state.hot().subList(0, buffers.count() - 1);
      return new CollectionState(state.generation(), state.dead(), frozen, state.lastSequence());
    } finally {
      writes.unlock();
    }
  }

  /**
   * Undoes {@link #freeze} after a build that did not succeed. So however many builds fail, there
   * is one buffer to search.
   */
  void thaw() {
    writes.lock();
    try {
      while (buffers.count() > 1) {
        state = buffers.thawLast(state);
      }
      settle();
    } finally {
      writes.unlock();
    }
  }

  /**
   * Swaps a generation in for what it was built from.
   *
   * @param worked what the build had of the memory budget: ends as the generation is counted
   */
  void publish(CollectionState frozen, Generation built, MemoryAccount.Share worked) {
    writes.lock();
    try {
      requireUsable();
      state = state.builtFrom(frozen, built);
      buffers.forget(frozen.hot().size());
      held.settle(heldBytes() + growthBytes(promised), worked);
    } finally {
      writes.unlock();
    }
  }
}
