package io.memryx.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.dataset.VectorFiles;
import io.memryx.persistence.exchange.VecsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every peer on a set that is small enough to know its answers. */
final class PeerTest {
  private static final long SEED = 7;
  private static final int ROWS = 600;
  private static final int DIMENSION = 16;
  private static final int QUERIES = 20;
  private static final int K = 10;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void peer_atTheTopOfItsLadder_findsEveryVectorFirst(Peer peer) throws IOException {
    Corpus corpus = corpus();
    try (PeerSession session = session(peer, corpus)) {
      Message built = build(session, "true");
      Message opened = session.answer(Message.of("open"));
      String rows = topRows(session, opened);

      assertEquals("false", built.text("kept"));
      assertTrue(opened.whole("memory_bytes") > 0, opened::line);
      assertTrue(opened.whole("disk_bytes") > 0, opened::line);
      String[] answers = rows.split(";", -1);
      for (int query = 0; query < QUERIES; query++) {
        String[] answer = answers[query].split(",", -1);
        assertEquals(String.valueOf(query), answer[0], () -> "seed " + SEED + ": " + rows);
        assertEquals(K, Arrays.stream(answer).distinct().count(), rows);
      }
    }
  }

  @Test
  void build_sameSubject_isKeptIfItMayBe() throws IOException {
    Corpus corpus = corpus();
    try (PeerSession session = session(Peer.EXACT, corpus)) {
      Message first = build(session, "true");
      Message kept = build(session, "true");
      Message again = build(session, "false");

      assertEquals("true", kept.text("kept"));
      assertEquals(first.text("seconds"), kept.text("seconds"));
      assertEquals("false", again.text("kept"));
    }
    var fewer = new Corpus(corpus.name(), corpus.rows().limitedTo(100));
    try (PeerSession session = session(Peer.EXACT, fewer)) {
      assertEquals("false", build(session, "true").text("kept"));
    }
  }

  @Test
  void build_jvectorAfterItsFloatGraph_takesTheGraphOver() throws IOException {
    Corpus corpus = corpus();
    try (PeerSession session = session(Peer.JVECTOR_FLOAT, corpus)) {
      assertEquals(0, build(session, "true").number("taken_over_seconds"));
    }
    try (PeerSession session = session(Peer.JVECTOR_NVQ, corpus)) {
      Message built = build(session, "true");
      assertTrue(built.number("taken_over_seconds") > 0, built::line);
      assertTrue(built.number("seconds") > built.number("taken_over_seconds"), built::line);
    }
  }

  @Test
  void timeAndThreads_open_giveRates() throws IOException {
    try (PeerSession session = session(Peer.EXACT, corpus())) {
      build(session, "true");
      session.answer(Message.of("open"));
      Message timed =
          session.answer(
              Message.of("time").with("rung", 0).with("queries", 5).with("warm_up_seconds", 0));
      Message threads =
          session.answer(
              Message.of("threads").with("rung", 0).with("threads", 2).with("seconds", 0));

      assertTrue(timed.number("qps") > 0, timed::line);
      assertTrue(timed.number("p50") <= timed.number("p99"), timed::line);
      assertTrue(threads.number("qps") > 0, threads::line);
    }
  }

  @Test
  void time_nothingOpen_isRefused() throws IOException {
    try (PeerSession session = session(Peer.EXACT, corpus())) {
      assertThrows(
          IllegalStateException.class,
          () -> session.answer(Message.of("rows").with("rung", 0).with("queries", 1)));
    }
  }

  @Test
  void corpus_notOfUnitLength_isRefused() throws IOException {
    Path file = VectorFiles.fvecs(directory.resolve("long.fvecs"), new float[][] {{3, 4}});

    var failure =
        assertThrows(
            IllegalArgumentException.class, () -> new Corpus("long", VecsFile.openFloats(file)));
    assertTrue(
        String.valueOf(failure.getMessage()).contains("has length 5.000"), failure::toString);
  }

  @Test
  void bytes_twoNamesOfOneFile_countOnce() throws IOException {
    Path file = Files.writeString(directory.resolve("a.x"), "four");
    Files.createLink(directory.resolve("b.x"), file);
    Files.writeString(directory.resolve("c.y"), "not wanted");

    assertEquals(4, IndexFiles.bytes(directory, name -> name.endsWith(".x")));
  }

  private PeerSession session(Peer peer, Corpus corpus) {
    return new PeerSession(peer, corpus, corpus.rows().first(QUERIES), K, directory);
  }

  private static Message build(PeerSession session, String mayKeep) throws IOException {
    return session.answer(Message.of("build").with("threads", 2).with("may_keep", mayKeep));
  }

  private static String topRows(PeerSession session, Message opened) throws IOException {
    int top = opened.text("rungs").split(";", -1).length - 1;
    return session
        .answer(Message.of("rows").with("rung", top).with("queries", QUERIES))
        .text("rows");
  }

  private Corpus corpus() throws IOException {
    float[][] vectors = UnitVectors.of(new Random(SEED), ROWS, DIMENSION);
    Path file = VectorFiles.fvecs(directory.resolve("base.fvecs"), vectors);
    return new Corpus("unit", VecsFile.openFloats(file));
  }
}
