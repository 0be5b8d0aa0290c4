package io.memryx.bench.sweep;

import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Memryx;
import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.PageRequest;
import io.memryx.RecallReport;
import io.memryx.RecallRequest;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.UpsertResult;
import io.memryx.VectorCollection;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.Snapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * A collection that scans a map, and has one fault on demand. Its build lasts for some searches, so
 * that some surely happen before its end.
 */
final class ScanCollection implements VectorCollection {

  /** What goes wrong. */
  enum Fault {
    NONE,
    SEARCHES_THROW_UNTIL_BUILT,
    ADDS_THROW_UNTIL_BUILT,
    SEARCHES_FIND_NOTHING_UNTIL_BUILT,
    BUILD_LOSES_NEW_ENTRIES,
    BUILD_THROWS
  }

  private static final int SEARCHES_PER_BUILD = 40;

  private final int dimension;
  private final Fault fault;
  private final Map<String, Entry> entries = new ConcurrentSkipListMap<>();
  private final CountDownLatch searches = new CountDownLatch(SEARCHES_PER_BUILD);
  private volatile Set<String> idsWhenArmed = Set.of();
  private volatile boolean armed;

  ScanCollection(int dimension, Fault fault) {
    this.dimension = dimension;
    this.fault = fault;
  }

  /** From now on things go wrong, until the build has ended. */
  void arm() {
    idsWhenArmed = Set.copyOf(entries.keySet());
    armed = true;
  }

  @Override
  public String name() {
    return "scan";
  }

  @Override
  public CollectionOptions options() {
    return new CollectionOptions(dimension, Metric.DOT);
  }

  @Override
  public UpsertResult upsert(List<Entry> batch) {
    if (armed && fault == Fault.ADDS_THROW_UNTIL_BUILT) {
      throw new IllegalStateException("no adds now");
    }
    int before = entries.size();
    batch.forEach(entry -> entries.put(entry.id(), entry));
    int added = entries.size() - before;
    return new UpsertResult(added, batch.size() - added);
  }

  @Override
  public Optional<Entry> get(String id) {
    return Optional.ofNullable(entries.get(id));
  }

  @Override
  public SearchResult search(SearchRequest request) {
    searches.countDown();
    if (armed && fault == Fault.SEARCHES_THROW_UNTIL_BUILT) {
      throw new IllegalStateException("no searches now");
    }
    float[] query = request.vector();
    List<Neighbor> neighbors =
        entries.values().stream()
            .map(entry -> new Neighbor(entry.id(), dot(query, entry), entry.metadata()))
            .sorted(Comparator.comparingDouble(Neighbor::score).reversed())
            .limit(armed && fault == Fault.SEARCHES_FIND_NOTHING_UNTIL_BUILT ? 0 : request.k())
            .toList();
    return new SearchResult(neighbors, SearchResult.Work.NONE);
  }

  @Override
  public List<Entry> page(PageRequest request) {
    return copy().page(request);
  }

  @Override
  public List<SearchResult> searchAll(List<SearchRequest> requests) {
    return requests.stream().map(this::search).toList();
  }

  @Override
  public Stream<Entry> entries() {
    return copy().entries();
  }

  @Override
  public Stream<Entry> entries(Filter filter) {
    return copy().entries(filter);
  }

  @Override
  public RecallReport recall(RecallRequest request) {
    return copy().recall(request);
  }

  @Override
  public boolean contains(String id) {
    return entries.containsKey(id);
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public int delete(Collection<String> ids) {
    int before = entries.size();
    entries.keySet().removeAll(Set.copyOf(ids));
    return before - entries.size();
  }

  @Override
  public int delete(Filter filter) {
    return delete(entries(filter).map(Entry::id).toList());
  }

  @Override
  public int count(Filter filter) {
    return copy().count(filter);
  }

  @Override
  public BuildReport build(BuildRequest request) {
    try {
      searches.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    armed = false;
    if (fault == Fault.BUILD_THROWS) {
      throw new IllegalStateException("no build today");
    }
    if (fault == Fault.BUILD_LOSES_NEW_ENTRIES) {
      entries.keySet().retainAll(idsWhenArmed);
    }
    return new BuildReport(
        entries.size(), 0, 0, BuildReport.Method.KEPT_AS_IS, 1, Map.of(), Duration.ZERO);
  }

  @Override
  public CollectionStats stats() {
    return new CollectionStats(
        entries.size(),
        0,
        0,
        CollectionStats.Index.NONE,
        new CollectionStats.Bytes(0, 0, 0, 0, 0, 0, 0, 0),
        0);
  }

  @Override
  public Snapshot snapshot() {
    throw new UnsupportedOperationException("nothing here is ever saved");
  }

  /** The entries in a sound collection: what has no fault here is answered by it. */
  private VectorCollection copy() {
    VectorCollection copy = Memryx.collection(name(), options(), GenerationCommit.NONE);
    if (!entries.isEmpty()) {
      UpsertResult _ = copy.upsert(List.copyOf(entries.values()));
    }
    return copy;
  }

  private static float dot(float[] query, Entry entry) {
    float dot = 0;
    for (int i = 0; i < query.length; i++) {
      dot += query[i] * entry.component(i);
    }
    return dot;
  }
}
