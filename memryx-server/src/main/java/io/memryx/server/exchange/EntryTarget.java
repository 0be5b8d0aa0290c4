package io.memryx.server.exchange;

import io.memryx.BuildProgress;
import java.util.List;
import java.util.function.Consumer;

/** Where imported entries go. Not thread-safe. */
public sealed interface EntryTarget permits StoreTarget, ServerTarget {

  /** What happens to entries that are refused. */
  enum OnError {
    /** The import ends. */
    FAIL,
    /** They are left out and told of. */
    SKIP
  }

  /**
   * Finds or makes the collection.
   *
   * @param dimension of the entries to come
   */
  void begin(int dimension) throws ExchangeException;

  /**
   * Takes a batch of distinct ids: all of it, or, where they are skipped, all but those refused.
   *
   * @throws ExchangeException if an entry is refused and not skipped; then nothing of the batch is
   *     taken
   */
  Taken take(List<Candidate.Found> batch, OnError onError) throws ExchangeException;

  /** Makes what was taken last, as far as the target has a say in it; tells of it in words. */
  String finish(Consumer<BuildProgress> progress) throws ExchangeException;

  /**
   * What became of a batch.
   *
   * @param upserted entries that were taken
   * @param replaced those among them whose id was there
   * @param refused those that were not taken; of very many the first ones
   */
  record Taken(int upserted, int replaced, List<Candidate.Faulty> refused) {
    public Taken {
      refused = List.copyOf(refused);
    }
  }
}
