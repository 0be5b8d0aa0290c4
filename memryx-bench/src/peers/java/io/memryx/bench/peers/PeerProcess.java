package io.memryx.bench.peers;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that holds one peer alone, so that the compiler sees one library's code and one heap; with
 * the flags of this JVM. It waits without working while others are measured.
 */
final class PeerProcess implements AutoCloseable {
  /** JVector's kernels are native code; the JVM warns unless told that they are wanted. */
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private final Peer peer;
  private final Path log;
  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;

  private PeerProcess(Peer peer, Path log, Process process) {
    this.peer = peer;
    this.log = log;
    this.process = process;
    this.questions =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts one.
   *
   * @param work what it works on
   * @param log takes what the libraries print
   */
  static PeerProcess start(Peer peer, Work work, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add(NATIVE_ACCESS);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.memryx.bench.Main");
    command.add("peer");
    command.addAll(List.of("--peer", peer.label(), "--data", work.data().toString()));
    command.addAll(List.of("--indexes", work.indexes().toString()));
    command.addAll(List.of("--limit", String.valueOf(work.limit())));
    command.addAll(List.of("--queries", String.valueOf(work.queries())));
    command.addAll(List.of("--k", String.valueOf(work.k())));
    Process process =
        new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
    return new PeerProcess(peer, log, process);
  }

  /**
   * What every peer works on.
   *
   * @param data folder of the data set
   * @param indexes directory of all peers' indexes
   * @param limit number of vectors, from the first
   * @param queries number of queries, from the first
   * @param k neighbors asked for
   */
  record Work(Path data, Path indexes, int limit, int queries, int k) {}

  /** Asks and waits for the answer. */
  Message ask(Message question) throws IOException {
    try {
      questions.write(question.line());
      questions.newLine();
      questions.flush();
    } catch (IOException e) {
      throw ended(question, e);
    }
    String line = answers.readLine();
    if (line == null) {
      throw ended(question, null);
    }
    return Message.parse(line);
  }

  private IOException ended(Message question, @Nullable IOException cause) {
    return new IOException(
        "%s ended at '%s': the reason is in %s".formatted(peer.label(), question.verb(), log),
        cause);
  }

  /** Ends the process. */
  @Override
  public void close() {
    process.destroy();
  }
}
