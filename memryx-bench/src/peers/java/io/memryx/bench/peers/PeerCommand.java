package io.memryx.bench.peers;

import io.memryx.bench.dataset.Dataset;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The process of one peer: does what the lines on its standard input ask, and answers in lines. */
@Command(name = "peer", hidden = true, description = "One peer's process; started by 'peers'.")
public final class PeerCommand implements Callable<Integer> {

  @Option(names = "--peer", required = true)
  private String peer;

  @Option(names = "--data", required = true)
  private Path data;

  @Option(names = "--indexes", required = true)
  private Path indexes;

  @Option(names = "--limit", required = true)
  private int limit;

  @Option(names = "--queries", required = true)
  private int queries;

  @Option(names = "--k", required = true)
  private int k;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public PeerCommand() {}

  @Override
  public Integer call() throws IOException {
    Peer named =
        Peer.named(peer).orElseThrow(() -> new IllegalArgumentException("no peer '" + peer + "'"));
    Dataset dataset = Dataset.open(data);
    var corpus = new Corpus(dataset.name(), dataset.base().limitedTo(limit));
    float[][] asked = dataset.queries().first(Math.min(queries, dataset.queries().rows()));
    // Libraries print what they like; answers must be alone on their stream.
    PrintStream answers = System.out;
    System.setOut(System.err);
    try (var session = new PeerSession(named, corpus, asked, k, indexes);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        answers.println(session.answer(Message.parse(line)).line());
        answers.flush();
        line = lines.readLine();
      }
    }
    return 0;
  }
}
