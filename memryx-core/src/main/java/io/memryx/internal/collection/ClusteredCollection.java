package io.memryx.internal.collection;

import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.PageRequest;
import io.memryx.RecallReport;
import io.memryx.RecallRequest;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.UpsertResult;
import io.memryx.VectorCollection;
import io.memryx.internal.collection.Contents.Found;
import io.memryx.internal.collection.Contents.Weighed;
import io.memryx.internal.events.SearchTrace;
import io.memryx.internal.ivf.Patience;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.Snapshot;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The collection, as its callers see it: {@link Contents} that are looked up and searched, {@link
 * Changes} of them, and the {@link BuildTurn} in which they are built. Keeps no state and no lock
 * of its own.
 *
 * <p>Whatever reads takes one {@link CollectionState} and works on that, without a lock, for as
 * long as it likes.
 */
public final class ClusteredCollection implements VectorCollection {
  private final String name;
  private final CollectionOptions options;
  private final Surroundings surroundings;
  private final EntryValidator validator;
  private final VectorKernels kernels = VectorKernels.selected();
  private final Contents contents;
  private final Changes changes;
  private final BuildTurn turn;
  private final BuildDemand demand;

  /** An empty collection without a store. */
  public ClusteredCollection(String name, CollectionOptions options, GenerationCommit commit) {
    this(name, options, Surroundings.none(commit));
  }

  /** An empty collection. */
  ClusteredCollection(String name, CollectionOptions options, Surroundings surroundings) {
    this(name, Generation.empty(options), 0, surroundings, surroundings.memory().newShare());
  }

  /**
   * A collection that begins with a built generation.
   *
   * @param lastSequence number of the last change in it
   * @param held what was taken for it already, at most what it needs; the collection's from now on
   * @throws io.memryx.MemoryBudgetException if there is no room for it
   */
  ClusteredCollection(
      String name,
      Generation generation,
      long lastSequence,
      Surroundings surroundings,
      MemoryAccount.Share held) {
    this.name = name;
    this.options = generation.options();
    this.surroundings = surroundings;
    this.validator = new EntryValidator(name, options);
    this.contents = new Contents(name, generation, lastSequence, held);
    this.changes = new Changes(contents, surroundings.log());
    this.turn = new BuildTurn(name, contents, changes, surroundings);
    this.demand = new BuildDemand(contents, surroundings);
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
    UpsertResult result = changes.upsert(encoded);
    askForBuild();
    return result;
  }

  @Override
  public int delete(Collection<String> ids) {
    for (String id : ids) {
      Objects.requireNonNull(id, "an id to delete is null: nothing was deleted");
    }
    return changes.delete(ids);
  }

  @Override
  public int delete(Filter filter) {
    return changes.delete(filter);
  }

  @Override
  public int count(Filter filter) {
    return Matches.of(contents.current(), filter).count();
  }

  @Override
  public boolean contains(String id) {
    return contents.find(id).isPresent();
  }

  @Override
  public int size() {
    return contents.current().liveSize();
  }

  @Override
  public Optional<Entry> get(String id) {
    return contents.find(id).map(Place::entry);
  }

  @Override
  public List<Entry> page(PageRequest request) {
    return new OrderedEntries(contents.current()).page(request);
  }

  @Override
  public Stream<Entry> entries() {
    return new OrderedEntries(contents.current()).stream(null);
  }

  @Override
  public Stream<Entry> entries(Filter filter) {
    Objects.requireNonNull(filter, "the filter is null: entries() gives all");
    return new OrderedEntries(contents.current()).stream(filter);
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
    Set<String> startIds = batch.startIds();
    if (startIds.isEmpty()) {
      return batch.search(contents.current(), Map.of());
    }
    Found starts = contents.findAll(startIds);
    return batch.search(starts.state(), starts.places());
  }

  @Override
  public RecallReport recall(RecallRequest request) {
    return new RecallMeasurement(name, validator, kernels, contents.current(), request).measure();
  }

  @Override
  public BuildReport build(BuildRequest request) {
    BuildReport report = turn.build(request);
    demand.met();
    askForBuild();
    return report;
  }

  /** Builds after the build under way, if there is still something due then; not if interrupted. */
  void buildWhenFree(BuildRequest request) {
    try {
      if (turn.buildIfNeeded(request, demand)) {
        demand.met();
        askForBuild();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Makes a change again that the log has.
   *
   * @throws MalformedSnapshotException if this collection can't have logged it
   */
  void replay(long sequence, Change change) {
    validator.requireLogged(change);
    changes.replay(sequence, change);
  }

  /** Has the collection built, if that is due by now. */
  void askForBuild() {
    if (demand.comesUp()) {
      surroundings.automatic().due(this);
    }
  }

  @Override
  public CollectionStats stats() {
    Weighed now = contents.weigh();
    return new StateFigures(now.state(), surroundings.commit()).stats(now.hotBytes());
  }

  @Override
  public Snapshot snapshot() {
    return GenerationImage.of(contents.current().generation(), 0);
  }

  /** Cancels the build under way, and those that begin later. */
  void stop(End why) {
    turn.stop(why);
  }

  /** Ends the collection, as {@link BuildTurn#end} does. */
  void end(End why, Runnable removal) {
    turn.end(why, removal);
  }

  boolean isEnded() {
    return contents.ended() != null;
  }
}
