package io.memryx.internal.collection;

import io.memryx.BuildCancelledException;
import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Limits;
import io.memryx.MemoryBudgetException;
import io.memryx.PageRequest;
import io.memryx.RecallReport;
import io.memryx.RecallRequest;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.UpsertResult;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.Violation;
import io.memryx.internal.build.BuildMemory;
import io.memryx.internal.build.BuildMonitor;
import io.memryx.internal.events.BuildTrace;
import io.memryx.internal.events.SearchTrace;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.Patience;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.metadata.Utf8;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The collection: a hot buffer that takes entries, a built generation, and one volatile reference
 * to the state of both.
 *
 * <p>Searches read that reference once and never wait. Upserts hold {@link #writes} for as long as
 * it takes to append. A build freezes the hot buffer (a new one takes entries from then on), works
 * without the lock, and takes it again to swap the new generation in for the old one and the frozen
 * buffer; entries replaced meanwhile are dead in the new generation from its first moment.
 */
public final class ClusteredCollection implements VectorCollection {
  /** Objects and empty arrays of a collection without entries, measured. */
  private static final int COLLECTION_BYTES = 1_024;

  private final String name;
  private final CollectionOptions options;
  private final Surroundings surroundings;
  private final EntryValidator validator;
  private final VectorKernels kernels = VectorKernels.selected();
  private final ReentrantLock writes = new ReentrantLock();

  /** Held by the one build under way, or by whoever makes sure that there is none. */
  private final Semaphore turn = new Semaphore(1);

  /** The thread that builds. Written with {@link #turn} held. */
  private volatile @Nullable Thread builder;

  /** Memory of the state and what it grows by. Guarded by {@link #writes}. */
  private final MemoryAccount.Share held;

  /** Memory that the build under way works with. For whoever has {@link #turn}. */
  private final MemoryAccount.Share worked;

  /** The buffers behind {@code state.hot()}, in the same order. Guarded by {@link #writes}. */
  private final List<HotBuffer> buffers = new ArrayList<>();

  /** Replaced as a whole, under {@link #writes}. Empty once the collection has ended. */
  private volatile CollectionState state;

  /** Rows of the hot buffers at which the next build is due. Guarded by {@link #writes}. */
  private long dueAt;

  /** Why builds are to stop; taken back if the collection does not end after all. */
  private volatile @Nullable End stopping;

  /** Why the collection has ended. Written before {@link #state} is emptied. */
  private volatile @Nullable End ended;

  /** An empty collection without a store. */
  public ClusteredCollection(String name, CollectionOptions options, GenerationCommit commit) {
    this(name, options, Surroundings.none(commit));
  }

  /** An empty collection. */
  ClusteredCollection(String name, CollectionOptions options, Surroundings surroundings) {
    this(name, Generation.empty(options), surroundings, surroundings.memory().newShare());
  }

  /**
   * A collection that begins with a built generation.
   *
   * @param held what was taken for it already, at most what it needs; the collection's from now on
   * @throws io.memryx.MemoryBudgetException if there is no room for it
   */
  ClusteredCollection(
      String name, Generation generation, Surroundings surroundings, MemoryAccount.Share held) {
    this.name = name;
    this.options = generation.options();
    this.surroundings = surroundings;
    this.validator = new EntryValidator(name, options);
    this.held = held;
    this.worked = surroundings.memory().newShare();
    this.dueAt = surroundings.automatic().dueAt(generation.size());
    this.state = beginWith(generation);
    held.raiseTo(heldBytes(), "collection '%s'".formatted(name));
  }

  /** Why a collection can't be used any more. */
  enum End {
    /** It was removed from its store. */
    DROPPED("was dropped: ask the store for a new one"),
    /** Its store was closed. */
    CLOSED("belongs to a store that is closed: open it again");

    private final String what;

    End(String what) {
      this.what = what;
    }
  }

  /** The state of a generation and an empty hot buffer, the only one then. */
  private CollectionState beginWith(Generation generation) {
    HotBuffer active = new HotBuffer(options);
    buffers.clear();
    buffers.add(active);
    return new CollectionState(generation, RowSet.empty(), List.of(active.view(0, RowSet.empty())));
  }

  /** The state to search and to look into. */
  private CollectionState current() {
    CollectionState current = state;
    requireUsable();
    return current;
  }

  private void requireUsable() {
    End end = ended;
    if (end != null) {
      throw new IllegalStateException("collection '%s' %s".formatted(name, end.what));
    }
  }

  boolean isEnded() {
    return ended != null;
  }

  /** Cancels the build under way, and those that begin later. */
  void stop(End why) {
    stopping = why;
  }

  /**
   * Ends the collection: stops the build under way, lets go of all it holds, and refuses every
   * later call.
   *
   * @param removal done first, when no build is under way any more; if it throws, the collection is
   *     as it was
   */
  void end(End why, Runnable removal) {
    stop(why);
    // A build that ends its own collection, by its listener, does not wait for itself.
    boolean alone = !Thread.currentThread().equals(builder);
    if (alone) {
      turn.acquireUninterruptibly();
    }
    try {
      removal.run();
      writes.lock();
      try {
        ended = why;
        state = beginWith(Generation.empty(options));
        held.settle(heldBytes());
      } finally {
        writes.unlock();
      }
    } finally {
      stopping = ended;
      if (alone) {
        turn.release();
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CollectionOptions options() {
    return options;
  }

  @Override
  public UpsertResult upsert(List<Entry> entries) {
    Collection<EncodedEntry> encoded = validator.encode(entries);
    kernels.prepareForBuild();
    UpsertResult result;
    boolean due;
    writes.lock();
    try {
      requireUsable();
      result = append(encoded);
      due = becomesDue();
    } finally {
      writes.unlock();
    }
    if (due) {
      surroundings.automatic().due(this);
    }
    return result;
  }

  /** Everything that can fail comes first; then entries go in and one write publishes them. */
  private UpsertResult append(Collection<EncodedEntry> entries) {
    requireRoom(entries.size());
    CollectionState next = state.without(removal(entries, EncodedEntry::id));
    int replaced = next.tombstones() - state.tombstones();
    HotBuffer.View before = next.hot().getLast();
    try {
      HotBuffer active = activeFor(before, entries);
      RowSet dead = active.equals(buffers.getLast()) ? before.dead() : RowSet.empty();
      next = next.withActive(active.view(active.size() + entries.size(), dead));
      active.append(entries);
      buffers.set(buffers.size() - 1, active);
      state = next;
    } finally {
      held.settle(heldBytes());
    }
    return new UpsertResult(entries.size() - replaced, replaced);
  }

  /**
   * The buffer that takes so many entries more, with room for them: the one that is there, or one
   * of its live rows alone if most of them are dead.
   */
  private HotBuffer activeFor(HotBuffer.View before, Collection<EncodedEntry> entries) {
    String purpose = "adding %,d entries to collection '%s'".formatted(entries.size(), name);
    long texts = entries.stream().mapToLong(EncodedEntry::textBytes).sum();
    if (!before.isMostlyDead()) {
      HotBuffer active = buffers.getLast();
      held.raiseTo(heldBytes() + active.growthBytes(entries.size(), texts), purpose);
      active.reserve(entries.size());
      return active;
    }
    HotBuffer compacted = new HotBuffer(options);
    int rows = before.liveSize() + entries.size();
    held.raiseTo(heldBytes() + compacted.growthBytes(rows, texts), purpose);
    compacted.reserve(rows);
    compacted.appendLive(before);
    return compacted;
  }

  /** Whether a build has become due; asked after rows were added. */
  private boolean becomesDue() {
    long rows = buffers.stream().mapToLong(HotBuffer::size).sum();
    boolean due = rows >= dueAt;
    if (due) {
      // If this one fails, the next is due when as many rows again were added.
      dueAt = rows + surroundings.automatic().dueAt(state.generation().size());
    }
    return due;
  }

  /**
   * What the budget counts for the state: what {@code stats} says, headers of small objects, and
   * the marks that deletes will need, so that those need not be refused.
   */
  private long heldBytes() {
    if (ended != null) {
      return 0;
    }
    Generation generation = state.generation();
    long bytes = COLLECTION_BYTES + generation.bytes() + RowSet.mostBytes(generation.size());
    for (HotBuffer buffer : buffers) {
      bytes += buffer.heapBytes();
    }
    return bytes;
  }

  private void requireRoom(int entries) {
    long rows = (long) state.generation().size() + entries;
    for (HotBuffer buffer : buffers) {
      rows += buffer.size();
    }
    if (rows > Limits.MAX_ENTRIES) {
      throw new ValidationException(
          Violation.Code.BAD_BATCH,
          "collection '%s' would have %d rows, the limit is %d"
              .formatted(name, rows, Limits.MAX_ENTRIES),
          "spread the entries over several collections");
    }
  }

  /** Where live entries of these ids are; {@link #writes} is held. */
  private <T> Removal removal(Collection<T> items, Function<T, byte[]> id) {
    var removal = new Removal(state, buffers);
    for (T item : items) {
      removal.add(id.apply(item));
    }
    return removal;
  }

  @Override
  public int delete(Collection<String> ids) {
    List<byte[]> encoded = new ArrayList<>(ids.size());
    for (String id : ids) {
      Objects.requireNonNull(id, "an id to delete is null: nothing was deleted");
      if (Utf8.isEncodable(id)) {
        encoded.add(id.getBytes(StandardCharsets.UTF_8));
      }
    }
    writes.lock();
    try {
      requireUsable();
      return publishDeleted(state.without(removal(encoded, bytes -> bytes)));
    } finally {
      writes.unlock();
    }
  }

  @Override
  // By reference on purpose: what was found is of that one state.
  @SuppressWarnings("ReferenceEquality")
  public int delete(Filter filter) {
    // Fields are indexed, where they are not yet, while others may write.
    Matches matches = Matches.of(current(), filter);
    writes.lock();
    try {
      requireUsable();
      return publishDeleted(
          (matches.state() == state ? matches : Matches.of(state, filter)).deleted());
    } finally {
      writes.unlock();
    }
  }

  private int publishDeleted(CollectionState next) {
    int deleted = next.tombstones() - state.tombstones();
    HotBuffer.View active = next.hot().getLast();
    try {
      HotBuffer compacted = active.isMostlyDead() ? compacted(active) : null;
      if (compacted != null) {
        state = next.withActive(compacted.view(compacted.size(), RowSet.empty()));
        buffers.set(buffers.size() - 1, compacted);
      } else {
        state = next;
      }
    } finally {
      held.settle(heldBytes());
    }
    return deleted;
  }

  /** The live rows alone, or null if the budget has no room for both at once. */
  private @Nullable HotBuffer compacted(HotBuffer.View source) {
    var compacted = new HotBuffer(options);
    int rows = source.liveSize();
    if (!held.tryRaiseTo(heldBytes() + compacted.growthBytes(rows, 0))) {
      return null;
    }
    compacted.reserve(rows);
    compacted.appendLive(source);
    return compacted;
  }

  @Override
  public int count(Filter filter) {
    return Matches.of(current(), filter).count();
  }

  @Override
  public boolean contains(String id) {
    if (!Utf8.isEncodable(id)) {
      return false;
    }
    writes.lock();
    try {
      requireUsable();
      return new Removal(state, buffers).add(id.getBytes(StandardCharsets.UTF_8));
    } finally {
      writes.unlock();
    }
  }

  @Override
  public int size() {
    return current().liveSize();
  }

  @Override
  public Optional<Entry> get(String id) {
    Optional<Place> place;
    // The buffers' id tables are for writers; a look-up is short enough to take its turn.
    writes.lock();
    try {
      place = find(id);
    } finally {
      writes.unlock();
    }
    return place.map(Place::entry);
  }

  /** Where an entry lies, as of now; under {@link #writes}. */
  private Optional<Place> find(String id) {
    if (!Utf8.isEncodable(id)) {
      // No entry has such an id; as bytes it would be another one, with '?' in its place.
      requireUsable();
      return Optional.empty();
    }
    byte[] key = id.getBytes(StandardCharsets.UTF_8);
    CollectionState current = current();
    for (int i = 0; i < buffers.size(); i++) {
      int row = buffers.get(i).find(key);
      HotBuffer.View view = current.hot().get(i);
      if (row >= 0 && !view.dead().contains(row)) {
        return Optional.of(new Place(view, row));
      }
    }
    int ordinal = current.generation().find(key);
    return ordinal < 0 || current.dead().contains(ordinal)
        ? Optional.empty()
        : Optional.of(new Place(current.generation(), ordinal));
  }

  @Override
  public List<Entry> page(PageRequest request) {
    return new OrderedEntries(current()).page(request);
  }

  @Override
  public Stream<Entry> entries() {
    return new OrderedEntries(current()).stream(null);
  }

  @Override
  public Stream<Entry> entries(Filter filter) {
    return new OrderedEntries(current()).stream(filter);
  }

  @Override
  public SearchResult search(SearchRequest request) {
    return answer(List.of(request)).getFirst();
  }

  @Override
  public List<SearchResult> searchAll(List<SearchRequest> requests) {
    EntryValidator.requireSearches(requests.size());
    return answer(List.copyOf(requests));
  }

  private List<SearchResult> answer(List<SearchRequest> requests) {
    SearchTrace trace = SearchTrace.begin(name, requests);
    try {
      List<SearchResult> results = answerAtOnce(requests);
      trace.succeeded(results);
      return results;
    } finally {
      trace.end();
    }
  }

  /** Answers on one state. */
  private List<SearchResult> answerAtOnce(List<SearchRequest> requests) {
    var patience = Patience.begin(name, SearchBatch.shortestDeadline(requests));
    var batch = new SearchBatch(validator, kernels, requests, patience);
    if (!batch.startsFromEntries()) {
      return batch.search(current());
    }
    CollectionState searched;
    writes.lock();
    try {
      batch.locate(this::find);
      searched = current();
    } finally {
      writes.unlock();
    }
    return batch.search(searched);
  }

  @Override
  public RecallReport recall(RecallRequest request) {
    return new RecallMeasurement(name, validator, kernels, current(), request).measure();
  }

  @Override
  public BuildReport build(BuildRequest request) {
    if (!turn.tryAcquire()) {
      throw new IllegalStateException(
          "a build of collection '%s' is under way: wait for it or cancel it".formatted(name));
    }
    return buildInTurn(request);
  }

  /** Builds after the build under way, if there is still something due then; not if interrupted. */
  void buildWhenFree(BuildRequest request) {
    try {
      turn.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    boolean due;
    writes.lock();
    try {
      long rows = buffers.stream().mapToLong(HotBuffer::size).sum();
      due = ended == null && rows >= surroundings.automatic().dueAt(state.generation().size());
    } finally {
      writes.unlock();
    }
    if (due) {
      buildInTurn(request);
    } else {
      turn.release();
    }
  }

  /** Builds, and gives {@link #turn} back. */
  private BuildReport buildInTurn(BuildRequest request) {
    BuildReport report;
    builder = Thread.currentThread();
    var trace = BuildTrace.begin(name);
    try {
      requireUsable();
      report =
          buildAlone(
              request.withCancellation(
                  () -> stopping != null || request.cancelled().getAsBoolean()));
      trace.succeeded(report);
    } catch (BuildCancelledException e) {
      End end = stopping;
      throw end == null
          ? e
          : new IllegalStateException(
              "the build ended: collection '%s' %s".formatted(name, end.what), e);
    } finally {
      trace.end();
      worked.settle(0);
      builder = null;
      turn.release();
    }
    return report;
  }

  private BuildReport buildAlone(BuildRequest request) {
    var monitor = new BuildMonitor(request);
    monitor.checkCancelled();
    requireBudget(request);
    CollectionState frozen = freeze();
    GenerationBuilder.Built built;
    try {
      built = new GenerationBuilder(options, frozen, request, monitor).build(surroundings.commit());
    } catch (RuntimeException | Error e) {
      thaw();
      throw e;
    }
    publish(frozen, built.generation());
    monitor.end();
    ClusterIndex index = built.generation().index();
    return new BuildReport(
        built.generation().size(),
        index == null ? 0 : index.lists().count(),
        frozen.tombstones(),
        built.method(),
        built.drift(),
        monitor.timeByPhase(),
        monitor.elapsed());
  }

  private void requireBudget(BuildRequest request) {
    long needed = buildBytes(current());
    if (needed > request.memoryBudget()) {
      throw MemoryBudgetException.ofBuild(name, needed, request.memoryBudget());
    }
    worked.raiseTo(needed, "building collection '%s'".formatted(name));
  }

  /** What is to be built: everything upserted so far. From now on another buffer takes entries. */
  private CollectionState freeze() {
    writes.lock();
    try {
      CollectionState current = state;
      if (buffers.getLast().size() > 0) {
        HotBuffer active = new HotBuffer(options);
        var views = new ArrayList<>(current.hot());
        views.add(active.view(0, RowSet.empty()));
        var next = new CollectionState(current.generation(), current.dead(), views);
        buffers.add(active);
        state = next;
      }
      List<HotBuffer.View> frozen = state.hot().subList(0, buffers.size() - 1);
      return new CollectionState(current.generation(), current.dead(), frozen);
    } finally {
      writes.unlock();
    }
  }

  /**
   * Undoes {@link #freeze} after a build that did not succeed: the frozen buffer takes entries
   * again, those first that came meanwhile. So however many builds fail, there is one buffer to
   * search.
   */
  private void thaw() {
    writes.lock();
    try {
      while (buffers.size() > 1) {
        CollectionState current = state;
        int last = buffers.size() - 1;
        HotBuffer thawed = buffers.get(last - 1);
        HotBuffer.View newer = current.hot().get(last);
        thawed.reserve(newer.liveSize());
        var views = new ArrayList<>(current.hot().subList(0, last - 1));
        views.add(
            thawed.view(thawed.size() + newer.liveSize(), current.hot().get(last - 1).dead()));
        var next = new CollectionState(current.generation(), current.dead(), views);
        thawed.appendLive(newer);
        buffers.remove(last);
        state = next;
      }
      held.settle(heldBytes());
    } finally {
      writes.unlock();
    }
  }

  /** Swaps the new generation in for what it was built from. */
  private void publish(CollectionState frozen, Generation next) {
    boolean due;
    writes.lock();
    try {
      requireUsable();
      CollectionState current = state;
      int frozenBuffers = frozen.hot().size();
      var swapped =
          new CollectionState(
              next,
              RowSet.empty().with(replacedSince(frozen, current, next)),
              current.hot().subList(frozenBuffers, current.hot().size()));
      buffers.subList(0, frozenBuffers).clear();
      state = swapped;
      held.settle(heldBytes(), worked);
      dueAt = surroundings.automatic().dueAt(next.size());
      due = becomesDue();
    } finally {
      writes.unlock();
    }
    if (due) {
      surroundings.automatic().due(this);
    }
  }

  /**
   * The ordinals, in the new generation, of entries that were alive when the build began and are
   * not any more.
   */
  private static int[] replacedSince(
      CollectionState frozen, CollectionState current, Generation next) {
    var ordinals = new ArrayList<Integer>();
    for (int ordinal : current.dead().minus(frozen.dead())) {
      ordinals.add(next.find(frozen.generation().ids().copyOf(ordinal)));
    }
    for (int i = 0; i < frozen.hot().size(); i++) {
      HotBuffer.View view = frozen.hot().get(i);
      for (int row : current.hot().get(i).dead().minus(view.dead())) {
        ordinals.add(next.find(view.ids()[row]));
      }
    }
    return ordinals.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public CollectionStats stats() {
    writes.lock();
    try {
      CollectionState current = current();
      return new CollectionStats(
          current.liveSize(),
          current.hotLiveSize(),
          current.tombstones(),
          index(current.generation().index()),
          bytes(current),
          buildBytes(current));
    } finally {
      writes.unlock();
    }
  }

  private static CollectionStats.Index index(@Nullable ClusterIndex index) {
    return index == null
        ? CollectionStats.Index.NONE
        : new CollectionStats.Index(
            index.lists().count(),
            index.training().defaultProbes(),
            index.training().routingRecall(),
            index.training().trainedVectors(),
            index.codeBytes());
  }

  private CollectionStats.Bytes bytes(CollectionState current) {
    Generation generation = current.generation();
    ClusterIndex index = generation.index();
    return new CollectionStats.Bytes(
        index == null ? 0 : index.ownCodeBytes(),
        index == null ? 0 : index.routingBytes(),
        generation.originalBytes(),
        generation.idBytes(),
        generation.metadata().bytes(),
        generation.metadataIndex().bytes(),
        buffers.stream().mapToLong(HotBuffer::bytes).sum(),
        current.tombstoneBytes());
  }

  /** What the next generation takes beside what is there: texts, the index, and working memory. */
  private long buildBytes(CollectionState current) {
    Generation generation = current.generation();
    long texts = generation.idBytes() + generation.metadata().bytes();
    for (HotBuffer.View view : current.hot()) {
      // Ends in the packed texts and, in the id table, up to three slots an entry.
      texts += 5L * Integer.BYTES * view.liveSize() + view.textBytes();
    }
    int vectors = current.liveSize();
    boolean indexed = vectors >= GenerationBuilder.TRAINING_MINIMUM;
    return texts
        + (indexed ? BuildMemory.peakBytes(options, vectors) : 0)
        + (!indexed || copiesOriginals(generation)
            ? CollectionSizing.keptBytes(options, vectors)
            : 0);
  }

  /** Whether the next generation, once it has an index, holds vectors in memory. */
  private boolean copiesOriginals(Generation generation) {
    boolean keptBefore = generation.index() != null && generation.originals() instanceof VectorRows;
    return options.compression() == Compression.LOSSLESS
        && (surroundings.commit().equals(GenerationCommit.NONE) || keptBefore);
  }

  @Override
  public Snapshot snapshot() {
    return GenerationImage.of(current().generation());
  }
}
