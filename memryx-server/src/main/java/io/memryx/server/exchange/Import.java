package io.memryx.server.exchange;

import io.memryx.Entry;
import io.memryx.server.exchange.EntryTarget.OnError;
import io.memryx.server.exchange.EntryTarget.Taken;
import io.memryx.server.exchange.ExchangeException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Entries on their way from a source to a target, in batches. Used once. */
public final class Import {
  private static final int BATCH_ENTRIES = 1_000;

  /** More skipped entries than this are counted, not told of one by one. */
  private static final int MAX_COMPLAINTS = 100;

  private final EntrySource source;
  private final EntryTarget target;
  private final OnError onError;
  private final ProgressBar bar;
  private final Consumer<String> complaints;

  private final List<Candidate.Found> batch = new ArrayList<>(BATCH_ENTRIES);
  private final Set<String> idsOfBatch = new HashSet<>();
  private boolean begun;
  private long upserted;
  private long replaced;
  private long skipped;
  private int complained;
  private long approximations;

  /**
   * Prepares to take all of the source to the target.
   *
   * @param complaints told of every skipped entry, up to a hundred
   */
  public Import(
      EntrySource source,
      EntryTarget target,
      OnError onError,
      ProgressBar bar,
      Consumer<String> complaints) {
    this.source = source;
    this.target = target;
    this.onError = onError;
    this.bar = bar;
    this.complaints = complaints;
  }

  /**
   * Takes everything over.
   *
   * @return what was done, in one sentence
   * @throws ExchangeException if an entry is refused and not to be skipped, or there is none
   */
  public String run() throws IOException, ExchangeException {
    try {
      for (var next = source.next(); next.isPresent(); next = source.next()) {
        take(next.get());
      }
      flush();
      requireSome();
      bar.begin();
      String ending = target.finish(progress -> bar.at("build ", progress.percent() / 100, 0));
      return report() + "; " + ending;
    } finally {
      bar.clear();
    }
  }

  private void take(Candidate candidate) throws ExchangeException {
    switch (candidate) {
      case Candidate.Faulty faulty -> {
        switch (onError) {
          case FAIL ->
              throw new ExchangeException(Kind.INPUT, faulty.place() + ": " + faulty.fault());
          case SKIP -> {
            skipped++;
            complain(faulty);
          }
        }
      }
      case Candidate.Found found -> add(found);
    }
  }

  /** A batch has an id once: of two entries the later one wins, in whatever batches they are. */
  private void add(Candidate.Found found) throws ExchangeException {
    Entry entry = found.entry();
    if (!begun) {
      begin(found);
    }
    if (batch.size() == BATCH_ENTRIES || idsOfBatch.contains(entry.id())) {
      flush();
    }
    batch.add(found);
    idsOfBatch.add(entry.id());
    approximations += entry.isApproximate() ? 1 : 0;
  }

  private void begin(Candidate.Found first) throws ExchangeException {
    try {
      target.begin(first.entry().dimension());
      begun = true;
    } catch (ExchangeException e) {
      throw e.kind() == Kind.INPUT ? e.at(first.place()) : e;
    }
  }

  private void flush() throws ExchangeException {
    if (!batch.isEmpty()) {
      Taken taken = target.take(batch, onError);
      upserted += taken.upserted();
      replaced += taken.replaced();
      skipped += batch.size() - taken.upserted();
      taken.refused().forEach(this::complain);
      batch.clear();
      idsOfBatch.clear();
      bar.at("import", source.fraction(), upserted);
    }
  }

  private void complain(Candidate.Faulty faulty) {
    if (complained < MAX_COMPLAINTS) {
      bar.clear();
      complaints.accept("skipped %s: %s".formatted(faulty.place(), faulty.fault()));
      complained++;
    } else if (complained == MAX_COMPLAINTS) {
      complaints.accept("further ones are counted only");
      complained++;
    }
  }

  private void requireSome() throws ExchangeException {
    if (upserted == 0) {
      throw new ExchangeException(
          Kind.INPUT,
          skipped == 0
              ? "there is no entry in it: nothing was imported"
              : "all %,d entries in it were skipped: nothing was imported".formatted(skipped));
    }
  }

  private String report() {
    String text =
        String.format(
            Locale.ROOT,
            "imported %,d entries (%,d replaced, %,d skipped)",
            upserted,
            replaced,
            skipped);
    return Optional.of(approximations)
        .filter(count -> count > 0)
        .map(count -> text + String.format(Locale.ROOT, ", %,d of them approximations", count))
        .orElse(text);
  }
}
