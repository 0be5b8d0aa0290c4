package io.memryx.server.exchange;

import static java.util.Objects.requireNonNull;

import io.memryx.BuildProgress;
import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Memryx;
import io.memryx.UpsertResult;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.Violation;
import io.memryx.server.exchange.ExchangeException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A collection of a store in this process: built at the end. */
public final class StoreTarget implements EntryTarget {
  private final VectorStore store;
  private final OptionsWanted wanted;
  private @Nullable VectorCollection collection;

  /** Of the collection that is made for the first entries that are taken. */
  private @Nullable CollectionOptions options;

  /** Into a store, which stays the caller's to close. */
  public StoreTarget(VectorStore store, OptionsWanted wanted) {
    this.store = store;
    this.wanted = wanted;
  }

  @Override
  public void begin(int dimension) throws ExchangeException {
    Optional<VectorCollection> there = store.find(wanted.name());
    if (there.isPresent()) {
      wanted.require(there.get().options());
      collection = there.get();
    } else {
      options = wanted.of(dimension);
    }
  }

  @Override
  public Taken take(List<Candidate.Found> batch, OnError onError) throws ExchangeException {
    List<Candidate.Found> good = batch;
    List<Candidate.Faulty> refused = new ArrayList<>();
    while (!good.isEmpty()) {
      try {
        List<Entry> entries = entries(good);
        return taken(collectionFor(entries).upsert(entries), refused);
      } catch (ValidationException e) {
        // Not all that is wrong is told at once: what is left may be refused again.
        List<Candidate.Faulty> more = refused(good, e.violations());
        switch (onError) {
          case FAIL -> {
            Candidate.Faulty first = more.getFirst();
            throw new ExchangeException(Kind.INPUT, first.place() + ": " + first.fault());
          }
          case SKIP -> {
            refused.addAll(more);
            good = without(good, more);
          }
        }
      }
    }
    return taken(new UpsertResult(0, 0), refused);
  }

  /** The collection, which is made if it would take these. */
  private VectorCollection collectionFor(List<Entry> entries) {
    VectorCollection known = collection;
    if (known != null) {
      return known;
    }
    CollectionOptions chosen = requireNonNull(options);
    List<Violation> violations = Memryx.violations(wanted.name(), chosen, entries);
    if (!violations.isEmpty()) {
      throw new ValidationException(violations);
    }
    VectorCollection made = store.collection(wanted.name(), chosen);
    collection = made;
    return made;
  }

  private static List<Candidate.Found> without(
      List<Candidate.Found> batch, List<Candidate.Faulty> refused) {
    Set<String> places = refused.stream().map(Candidate.Faulty::place).collect(Collectors.toSet());
    return batch.stream().filter(each -> !places.contains(each.place())).toList();
  }

  private static Taken taken(UpsertResult result, List<Candidate.Faulty> refused) {
    return new Taken(result.added() + result.replaced(), result.replaced(), refused);
  }

  private static List<Entry> entries(List<Candidate.Found> batch) {
    return batch.stream().map(Candidate.Found::entry).toList();
  }

  private static List<Candidate.Faulty> refused(
      List<Candidate.Found> batch, List<Violation> violations) {
    List<Candidate.Faulty> refused = new ArrayList<>();
    for (Violation violation : violations) {
      refused.add(
          new Candidate.Faulty(
              batch.get(violation.index()).place(), violation.detail() + ": " + violation.hint()));
    }
    return refused;
  }

  @Override
  public String finish(Consumer<BuildProgress> progress) {
    VectorCollection built = collectionFor(List.of());
    int threads = Runtime.getRuntime().availableProcessors();
    BuildReport report;
    try (ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, threads - 1))) {
      report =
          built.build(
              BuildRequest.defaults().withParallelism(threads, workers).withProgress(progress));
    }
    return String.format(
        Locale.ROOT, "built and saved: %,d entries in %,d lists", report.vectors(), report.lists());
  }
}
