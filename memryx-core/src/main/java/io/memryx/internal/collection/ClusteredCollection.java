package io.memryx.internal.collection;

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
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.UpsertResult;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.Violation;
import io.memryx.internal.build.BuildMemory;
import io.memryx.internal.build.BuildMonitor;
import io.memryx.internal.ivf.ClusterIndex;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
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
  private final String name;
  private final CollectionOptions options;
  private final GenerationCommit commit;
  private final EntryValidator validator;
  private final VectorKernels kernels = VectorKernels.selected();
  private final AtomicBoolean building = new AtomicBoolean();
  private final ReentrantLock writes = new ReentrantLock();

  /** The buffers behind {@code state.hot()}, in the same order. Guarded by {@link #writes}. */
  private final List<HotBuffer> buffers = new ArrayList<>();

  /** Replaced as a whole, under {@link #writes}. */
  private volatile CollectionState state;

  /** An empty collection. */
  public ClusteredCollection(String name, CollectionOptions options, GenerationCommit commit) {
    this(name, Generation.empty(options), commit);
  }

  /** A collection that begins with a built generation. */
  ClusteredCollection(String name, Generation generation, GenerationCommit commit) {
    this.name = name;
    this.options = generation.options();
    this.commit = commit;
    this.validator = new EntryValidator(name, options);
    HotBuffer active = new HotBuffer(options);
    buffers.add(active);
    this.state =
        new CollectionState(generation, RowSet.empty(), List.of(active.view(0, RowSet.empty())));
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
    writes.lock();
    try {
      return append(encoded);
    } finally {
      writes.unlock();
    }
  }

  /** Everything that can fail comes first; then entries go in and one write publishes them. */
  private UpsertResult append(Collection<EncodedEntry> entries) {
    requireRoom(entries.size());
    HotBuffer active = buffers.getLast();
    active.reserve(entries.size());
    CollectionState next = state;
    for (EncodedEntry entry : entries) {
      next = withoutId(next, entry.id());
    }
    int replaced = next.tombstones() - state.tombstones();
    RowSet activeDead = next.hot().getLast().dead();
    next = next.withActive(active.view(active.size() + entries.size(), activeDead));
    active.append(entries);
    state = next;
    return new UpsertResult(entries.size() - replaced, replaced);
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

  /** The state in which the entry of this id, if there is one, is dead. */
  private CollectionState withoutId(CollectionState from, byte[] id) {
    for (int i = 0; i < buffers.size(); i++) {
      int row = buffers.get(i).find(id);
      if (row >= 0 && !from.hot().get(i).dead().contains(row)) {
        var views = new ArrayList<>(from.hot());
        views.set(i, views.get(i).withDead(row));
        return new CollectionState(from.generation(), from.dead(), views);
      }
    }
    int ordinal = from.generation().find(id);
    return ordinal < 0 || from.dead().contains(ordinal)
        ? from
        : new CollectionState(from.generation(), from.dead().with(ordinal), from.hot());
  }

  @Override
  public int delete(Collection<String> ids) {
    writes.lock();
    try {
      CollectionState next = state;
      for (String id : ids) {
        next = Utf8.isEncodable(id) ? withoutId(next, id.getBytes(StandardCharsets.UTF_8)) : next;
      }
      int deleted = next.tombstones() - state.tombstones();
      state = next;
      return deleted;
    } finally {
      writes.unlock();
    }
  }

  @Override
  public int delete(Filter filter) {
    writes.lock();
    try {
      CollectionState next = state.without(filter);
      int deleted = next.tombstones() - state.tombstones();
      state = next;
      return deleted;
    } finally {
      writes.unlock();
    }
  }

  @Override
  public int count(Filter filter) {
    CollectionState current = state;
    return current.without(filter).tombstones() - current.tombstones();
  }

  @Override
  public boolean contains(String id) {
    return get(id).isPresent();
  }

  @Override
  public int size() {
    return state.liveSize();
  }

  @Override
  public Optional<Entry> get(String id) {
    if (!Utf8.isEncodable(id)) {
      // No entry has such an id; as bytes it would be another one, with '?' in its place.
      return Optional.empty();
    }
    byte[] key = id.getBytes(StandardCharsets.UTF_8);
    CollectionState current;
    // The buffers' id tables are for writers; a look-up is short enough to take its turn.
    writes.lock();
    try {
      // One state for both looks: an entry replaced between them would be in neither.
      current = state;
      for (int i = 0; i < buffers.size(); i++) {
        int row = buffers.get(i).find(key);
        HotBuffer.View view = current.hot().get(i);
        if (row >= 0 && !view.dead().contains(row)) {
          return Optional.of(view.entry(row));
        }
      }
    } finally {
      writes.unlock();
    }
    return getBuilt(current, key);
  }

  private static Optional<Entry> getBuilt(CollectionState current, byte[] key) {
    Generation generation = current.generation();
    int ordinal = generation.find(key);
    return ordinal < 0 || current.dead().contains(ordinal)
        ? Optional.empty()
        : Optional.of(generation.entry(ordinal));
  }

  @Override
  public List<Entry> page(PageRequest request) {
    return new EntryRows(state).page(request);
  }

  @Override
  public Stream<Entry> entries() {
    return new EntryRows(state).stream(null);
  }

  @Override
  public Stream<Entry> entries(Filter filter) {
    return new EntryRows(state).stream(filter);
  }

  @Override
  public SearchResult search(SearchRequest request) {
    float[] query = validator.requireQuery(request);
    Filter filter = request.filter();
    CollectionState searched = filter == null ? state : state.with(filter);
    return new Searcher(kernels, searched, request, query).search();
  }

  @Override
  public BuildReport build(BuildRequest request) {
    if (!building.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "a build of collection '%s' is under way: wait for it or cancel it".formatted(name));
    }
    try {
      return buildAlone(request);
    } finally {
      building.set(false);
    }
  }

  private BuildReport buildAlone(BuildRequest request) {
    var monitor = new BuildMonitor(request);
    monitor.checkCancelled();
    requireBudget(request);
    CollectionState frozen = freeze();
    GenerationBuilder.Built built;
    try {
      built = new GenerationBuilder(options, frozen, request, monitor).build(commit);
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
        built.method(),
        built.drift(),
        monitor.timeByPhase(),
        monitor.elapsed());
  }

  private void requireBudget(BuildRequest request) {
    long needed = buildBytes(state);
    if (needed > request.memoryBudget()) {
      throw new MemoryBudgetException(name, needed, request.memoryBudget());
    }
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
    } finally {
      writes.unlock();
    }
  }

  /** Swaps the new generation in for what it was built from. */
  private void publish(CollectionState frozen, Generation next) {
    writes.lock();
    try {
      CollectionState current = state;
      int frozenBuffers = frozen.hot().size();
      var swapped =
          new CollectionState(
              next,
              RowSet.empty().with(replacedSince(frozen, current, next)),
              current.hot().subList(frozenBuffers, current.hot().size()));
      buffers.subList(0, frozenBuffers).clear();
      state = swapped;
    } finally {
      writes.unlock();
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
      CollectionState current = state;
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
        generation.metadata().bytes() + current.dead().bytes(),
        0,
        buffers.stream().mapToLong(HotBuffer::bytes).sum());
  }

  /** What the next generation takes beside what is there: texts, the index, and working memory. */
  private long buildBytes(CollectionState current) {
    Generation generation = current.generation();
    long texts = generation.idBytes() + generation.metadata().bytes();
    for (HotBuffer.View view : current.hot()) {
      // Ends in the packed texts and, in the id table, up to three slots an entry.
      texts += 5L * Integer.BYTES * view.size() + view.textBytes();
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
        && (commit.equals(GenerationCommit.NONE) || keptBefore);
  }

  @Override
  public Snapshot snapshot() {
    return GenerationImage.of(state.generation());
  }
}
