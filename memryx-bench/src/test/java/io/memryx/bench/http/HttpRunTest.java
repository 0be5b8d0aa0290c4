package io.memryx.bench.http;

import static io.memryx.bench.Failures.assertMentions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.dataset.VectorFiles;
import io.memryx.bench.http.FakeServer.Fault;
import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.measure.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run against a program that behaves, and against programs that do not. */
final class HttpRunTest {
  private static final int ROWS = 64;

  @TempDir private Path directory;

  @Test
  void run_soundServer_everyCheckHolds() throws Exception {
    HttpReport report = run(Fault.NONE);

    assertTrue(report.sound(), report::markdown);
    assertEquals(ROWS, report.load().total());
    assertEquals(ROWS, report.restart().total());
    assertTrue(report.finalizing().searches() > 0, report::markdown);
    assertTrue(report.restart().firstAnswerSeconds() >= report.restart().readySeconds());
    assertTrue(report.markdown().contains("every check held"), report::markdown);
    assertTrue(report.json().contains("\"differing_answers\":0"), report::json);
  }

  @Test
  void run_entryLostAtRestart_fails() throws Exception {
    HttpReport report = run(Fault.LOSES_AN_ENTRY_AT_RESTART);

    assertFalse(report.sound());
    assertEquals(ROWS - 1, report.restart().total());
    assertTrue(report.markdown().contains("FAILED"), report::markdown);
  }

  @Test
  void run_scoresChangedAtRestart_fails() throws Exception {
    HttpReport report = run(Fault.CHANGES_SCORES_AT_RESTART);

    assertFalse(report.sound());
    // Three queries, and the first one once more right after the start.
    assertEquals(4, report.restart().differingAnswers());
    assertTrue(report.restart().firstDifference().startsWith("answer 0: "), report::markdown);
  }

  @Test
  void run_missesWhileFinalizing_areCounted() throws Exception {
    HttpReport report = run(Fault.MISSES_WHILE_FINALIZING);

    assertFalse(report.sound());
    assertTrue(report.finalizing().misses() > 0, report::markdown);
  }

  @Test
  void run_failingSearchesWhileFinalizing_areCounted() throws Exception {
    HttpReport report = run(Fault.FAILS_SEARCHES_WHILE_FINALIZING);

    assertFalse(report.sound());
    assertTrue(report.finalizing().errors() > 0, report::markdown);
    assertTrue(report.finalizing().firstFault().contains("answered 500"), report::markdown);
  }

  @Test
  void run_failedFinalize_saysSo() {
    var failure = assertThrows(ServerRunException.class, () -> run(Fault.FAILS_TO_FINALIZE));

    assertMentions("finalize failed", failure);
  }

  @Test
  void run_refusedAdd_showsTheAnswer() {
    var failure = assertThrows(ServerRunException.class, () -> run(Fault.REFUSES_ADDS));

    assertMentions("POST /add answered 503, expected 200", failure);
  }

  @Test
  void run_serverThatDies_showsItsLog() {
    var failure = assertThrows(ServerRunException.class, () -> run(Fault.DIES_AT_START));

    assertMentions("exit code 3", failure);
    assertMentions("no start today", failure);
  }

  private HttpReport run(Fault fault) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            FakeServer.class.getName(),
            fault.name());
    var launch =
        new Launch(
            command, freePort(), directory.resolve("store"), directory.resolve("server.log"));
    var progress = Progress.on(new PrintWriter(new StringWriter()));
    return new HttpRun(dataset(), new HttpRun.Options(launch, "64m", 10, 5, 3, 42), progress).run();
  }

  /** Unit vectors in all directions of a plane: each is its own nearest. */
  private Dataset dataset() throws IOException {
    float[][] rows = new float[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      double angle = 2 * Math.PI * row / ROWS;
      rows[row] = new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
    }
    VectorFiles.fvecs(directory.resolve("base.fvecs"), rows);
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), new float[][] {{1, 0}, {0, 1}, {1, 1}});
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), new int[][] {{0}, {16}, {8}});
    return Dataset.open(directory);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
