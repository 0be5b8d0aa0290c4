package io.memryx.bench.peers;

import io.memryx.bench.measure.HeapPeak;
import io.memryx.bench.measure.Machine;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.measure.Timing;
import io.memryx.bench.peers.PeerFormat.BuildPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** What a peer's process does for the measuring one: builds, opens, answers, keeps time. */
final class PeerSession implements AutoCloseable {
  private final Peer peer;
  private final Corpus corpus;
  private final float[][] queries;
  private final int k;
  private final Path indexes;
  private @Nullable OpenPeer<?> open;

  PeerSession(Peer peer, Corpus corpus, float[][] queries, int k, Path indexes) {
    this.peer = peer;
    this.corpus = corpus;
    this.queries = queries;
    this.k = k;
    this.indexes = indexes;
  }

  /** An index with the searcher of this process's main thread. */
  private record OpenPeer<A>(
      PeerIndex<A> index, PeerIndex.Searcher<A> searcher, List<Rung> ladder) {

    static <A> OpenPeer<A> of(PeerIndex<A> index) throws IOException {
      return new OpenPeer<>(index, index.searcher(), index.ladder());
    }

    int[] rows(float[] query, Rung rung, int k) throws IOException {
      return searcher.rows(searcher.search(query, rung, k));
    }
  }

  Message answer(Message asked) throws IOException {
    return switch (asked.verb()) {
      case "build" -> build(asked);
      case "open" -> open();
      case "rows" -> rows(rung(asked), asked.whole("queries"));
      case "time" -> time(rung(asked), asked);
      case "threads" -> threads(rung(asked), asked);
      default -> throw new IllegalArgumentException("unknown verb '" + asked.verb() + "'");
    };
  }

  private Path directory() {
    return indexes.resolve(peer.label());
  }

  private Path files() {
    return directory().resolve("files");
  }

  /** Builds, unless an index of the same subject is there and may be kept. */
  private Message build(Message asked) throws IOException {
    var subject =
        new BuildRecord.Subject(
            peer.format().configuration(),
            corpus.name(),
            corpus.size(),
            corpus.dimension(),
            Math.toIntExact(asked.whole("threads")));
    Optional<BuildRecord> kept =
        Boolean.parseBoolean(asked.text("may_keep"))
            ? BuildRecord.read(directory()).filter(record -> record.subject().equals(subject))
            : Optional.empty();
    BuildRecord record = kept.isPresent() ? kept.get() : build(subject);
    return Message.of("built")
        .with("configuration", subject.configuration())
        .with("kept", kept.isPresent())
        .with("when", record.when())
        .with("seconds", record.cost().seconds())
        .with("taken_over_seconds", record.cost().takenOverSeconds())
        .with("heap_peak_bytes", record.cost().heapPeakBytes())
        .with("heap_after_collection_bytes", record.cost().heapAfterCollectionBytes());
  }

  private BuildRecord build(BuildRecord.Subject subject) throws IOException {
    IndexFiles.delete(directory());
    Files.createDirectories(files());
    String when = LocalDate.now(ZoneOffset.UTC) + ", load average " + Machine.loadAverage();
    try (HeapPeak heap = new HeapPeak()) {
      long start = System.nanoTime();
      double takenOver =
          peer.format().build(corpus, new BuildPlace(files(), indexes, subject.threads()));
      double own = (System.nanoTime() - start) / 1e9;
      var cost =
          new BuildRecord.Cost(
              own + takenOver, takenOver, heap.withGarbageBytes(), heap.afterCollectionBytes());
      var record = new BuildRecord(subject, cost, when);
      record.write(directory());
      return record;
    }
  }

  private Message open() throws IOException {
    long start = System.nanoTime();
    PeerIndex<?> index = peer.format().open(files());
    OpenPeer<?> opened = OpenPeer.of(index);
    open = opened;
    // The middle of the ladder: what a caller may well ask first.
    Rung rung = opened.ladder().get(opened.ladder().size() / 2);
    opened.rows(queries[0], rung, k);
    double seconds = (System.nanoTime() - start) / 1e9;
    return Message.of("opened")
        .with("seconds", seconds)
        .with("code_bytes", index.codeBytes())
        .with("memory_bytes", index.memoryBytes())
        .with("disk_bytes", IndexFiles.bytes(files(), name -> true))
        .with("kernels", index.kernels())
        .with("rungs", rungs(opened.ladder()));
  }

  private static String rungs(List<Rung> ladder) {
    var text = new StringJoiner(";");
    for (Rung rung : ladder) {
      text.add(rung.effort() + "/" + rung.rerank() + "/" + rung.label());
    }
    return text.toString();
  }

  private OpenPeer<?> opened() {
    if (open == null) {
      throw new IllegalStateException("nothing is open yet");
    }
    return open;
  }

  private Rung rung(Message asked) {
    return opened().ladder().get(Math.toIntExact(asked.whole("rung")));
  }

  /** Row numbers of every query's answer: commas between rows, semicolons between queries. */
  private Message rows(Rung rung, long limit) throws IOException {
    int count = (int) Math.min(limit, queries.length);
    var text = new StringJoiner(";");
    long start = System.nanoTime();
    for (int query = 0; query < count; query++) {
      var rows = new StringJoiner(",");
      for (int row : opened().rows(queries[query], rung, k)) {
        rows.add(Integer.toString(row));
      }
      text.add(rows.toString());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return Message.of("rows").with("rows", text).with("seconds", seconds);
  }

  private Message time(Rung rung, Message asked) throws IOException {
    Timing timing = time(opened(), rung, asked);
    return Message.of("timed")
        .with("qps", timing.queriesPerSecond())
        .with("p50", timing.latencies().p50())
        .with("p95", timing.latencies().p95())
        .with("p99", timing.latencies().p99())
        .with("cpu", timing.cpuShare());
  }

  private <A> Timing time(OpenPeer<A> peer, Rung rung, Message asked) throws IOException {
    int count = Math.min(queries.length, Math.toIntExact(asked.whole("queries")));
    var stopwatch = new Stopwatch(1, asked.number("warm_up_seconds"), 0);
    Stopwatch.Asking<IOException> asking = query -> peer.searcher().search(queries[query], rung, k);
    stopwatch.warmUp(count, asking);
    return stopwatch.time(count, asking);
  }

  private Message threads(Rung rung, Message asked) throws IOException {
    var crowd = new Crowd(queries, k, asked.number("seconds"));
    return Message.of("threads")
        .with(
            "qps",
            crowd.queriesPerSecond(
                opened().index(), rung, Math.toIntExact(asked.whole("threads"))));
  }

  @Override
  public void close() throws IOException {
    if (open != null) {
      open.index().close();
    }
  }
}
