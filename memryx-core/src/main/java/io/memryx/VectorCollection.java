package io.memryx;

import io.memryx.snapshot.Snapshot;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * A named set of entries that can be searched by nearness. Thread-safe: searches never block and
 * see either all or nothing of any other call; writers take turns. Once it is dropped or its store
 * closed, every method but {@link #name} and {@link #options} throws {@link IllegalStateException}.
 */
public interface VectorCollection {

  /** The name, unique in its store. */
  String name();

  /** What was fixed at creation. */
  CollectionOptions options();

  /**
   * Adds entries, replacing those whose id is there already. All or nothing; the very next search
   * finds them. If an id occurs twice in the batch, the last one wins.
   *
   * @param entries 1 to {@link Limits#MAX_BATCH_ENTRIES} entries of this collection's dimension
   * @throws ValidationException naming every faulty entry; nothing is applied then
   * @throws MemoryBudgetException if the store's memory budget has no room for them; nothing is
   *     applied then
   */
  UpsertResult upsert(List<Entry> entries);

  /**
   * The entry of this id, or empty. Its vector is the one that was given, except in a built index
   * under {@link Compression#COMPACT} or {@link Compression#BALANCED}: there it is what the code
   * stands for, and the entry says so ({@link Entry#isApproximate}).
   */
  Optional<Entry> get(String id);

  /**
   * Some entries in order of id, all of one moment. The next page is that after the last one's id;
   * a page of fewer entries than its limit is the last. What is upserted or deleted between two
   * pages is seen by the later one.
   */
  List<Entry> page(PageRequest request);

  /**
   * All entries in order of id, all of the moment of this call, whatever is upserted, deleted or
   * built while they are read. They are decoded one by one as the stream comes to them; it holds
   * four bytes an entry beside the state of that moment, which it keeps in memory. It blocks nobody
   * and needs no closing.
   */
  Stream<Entry> entries();

  /** The entries that pass a filter, as {@link #entries()} gives them. */
  Stream<Entry> entries(Filter filter);

  /** Whether an entry of this id is there. */
  boolean contains(String id);

  /** Number of entries, those not yet in the built index among them. */
  int size();

  /**
   * Removes the entries of these ids; ids that are not there are passed over. The very next search
   * does not find them. What they take is given back by the next build, which also makes their
   * removal durable where the collection is.
   *
   * @param ids any number of them, none twice counted; those that no entry can have are passed over
   *     too
   * @return number of entries removed
   */
  int delete(Collection<String> ids);

  /**
   * Removes the entries that pass a filter, as {@link #delete(Collection)} does.
   *
   * @return number of entries removed
   */
  int delete(Filter filter);

  /** Number of entries that pass a filter: what {@link #delete(Filter)} would remove. */
  int count(Filter filter);

  /**
   * The entries nearest to a vector: the hot buffer is scored exactly; of the built index the
   * nearest lists are scanned by sign bits, the best candidates scored by their whole codes, and,
   * where vectors are kept, the best of those in full precision.
   *
   * @return min(k, entries) neighbors, of a filtered search min(k, entries that pass); fewer only
   *     if {@code minScore} says so
   * @throws ValidationException if the query has another dimension, NaN, infinities, or no
   *     direction under cosine, or if no entry has the id that the search is to start from
   * @throws SearchTimeoutException past the request's deadline
   * @throws SearchInterruptedException if the thread is interrupted, which it stays
   */
  SearchResult search(SearchRequest request);

  /**
   * Answers several requests, all on one state: what {@link #search} gives for each, the same
   * neighbors with the same scores, for less work. Vectors of the hot buffer and of exact searches
   * are read once for many requests that have the same filter or none, and queries are prepared
   * together. Scores are the same to the bit, whoever else is in the batch.
   *
   * {@snippet file="io/memryx/SnippetsTest.java" region="batch"}
   *
   * @param requests 1 to {@link Limits#MAX_BATCH_SEARCHES}
   * @return the answers, in the order of the requests
   * @throws ValidationException naming every faulty request by its position; nothing is searched
   * @throws SearchTimeoutException past the shortest deadline among them, counted from the begin of
   *     the whole
   * @throws SearchInterruptedException if the thread is interrupted, which it stays
   */
  List<SearchResult> searchAll(List<SearchRequest> requests);

  /**
   * Measures how much of what exact searches find the collection's searches find, on one state:
   * some entries' neighbors, themselves excluded, by search with the collection's defaults and by
   * exact search. Where only codes are left, the measure is what is known of the vectors: exact
   * searches score whole codes, and start from what a code stands for.
   *
   * {@snippet file="io/memryx/SnippetsTest.java" region="recall"}
   *
   * @throws SearchTimeoutException past the request's deadline
   * @throws SearchInterruptedException if the thread is interrupted, which it stays
   */
  RecallReport recall(RecallRequest request);

  /**
   * Builds the index over everything upserted so far and swaps it in at once. Upserts and searches
   * go on meanwhile; what they upsert stays in the hot buffer. Runs on the calling thread (and the
   * request's executor).
   *
   * @throws IllegalStateException if a build is under way, or the collection is dropped or its
   *     store closed before the new generation began to be made durable
   * @throws MemoryBudgetException if it would take more memory than the request or the store allows
   * @throws BuildCancelledException if cancelled, by the request or by an interrupt, before the new
   *     generation began to be made durable; the collection is as it was, and so are its files.
   *     What comes later comes too late: the build then returns its report, and what it built
   *     serves
   * @throws MemryxException if the new generation could not be made durable; the collection is as
   *     it was
   */
  BuildReport build(BuildRequest request);

  /**
   * Builds as {@link #build} does, on a thread of the executor. Its outcome arrives in the stage,
   * what {@code build} throws and a refusal of the executor too. To cancel the stage ({@code
   * toCompletableFuture().cancel}), or to complete it otherwise, cancels the build as the request
   * can, by the same rule: once it is being made durable, that is too late.
   */
  default CompletionStage<BuildReport> buildAsync(BuildRequest request, Executor executor) {
    return BuildTask.start(this, request, executor);
  }

  /** Counts and bytes, as of now. */
  CollectionStats stats();

  /** The image of the built index; entries of the hot buffer are not in it. */
  Snapshot snapshot();
}
