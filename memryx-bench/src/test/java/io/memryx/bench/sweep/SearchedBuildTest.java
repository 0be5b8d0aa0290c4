package io.memryx.bench.sweep;

import static io.memryx.bench.Failures.assertMentions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.Metric;
import io.memryx.bench.dataset.Loader;
import io.memryx.bench.dataset.VectorFiles;
import io.memryx.bench.sweep.ScanCollection.Fault;
import io.memryx.bench.truth.ExactScan;
import io.memryx.bench.truth.KnownVectors;
import io.memryx.persistence.exchange.VecsFile;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchedBuildTest {
  private static final long SEED = 7;
  private static final int ROWS = 64;
  private static final int LOADED = 50;

  @TempDir private Path directory;

  @Test
  void run_soundCollection_noFaults() throws IOException {
    SearchedBuild.Outcome outcome = run(Fault.NONE);

    assertTrue(outcome.sound(), outcome::firstFault);
    assertTrue(outcome.searches() >= 40, () -> outcome.searches() + " searches");
    assertTrue(outcome.added() > 0);
    assertEquals("", outcome.firstFault());
  }

  @Test
  void run_searchesThatThrow_areErrors() throws IOException {
    SearchedBuild.Outcome outcome = run(Fault.SEARCHES_THROW_UNTIL_BUILT);

    assertTrue(outcome.errors() > 0);
    assertTrue(outcome.firstFault().contains("no searches now"), outcome::firstFault);
    assertFalse(outcome.sound());
  }

  @Test
  void run_addsThatThrow_areErrorsAndCountAsNotAdded() throws IOException {
    SearchedBuild.Outcome outcome = run(Fault.ADDS_THROW_UNTIL_BUILT);

    assertTrue(outcome.errors() > 0);
    assertTrue(outcome.firstFault().contains("no adds now"), outcome::firstFault);
    assertEquals(0, outcome.lost());
  }

  @Test
  void run_emptyAnswers_areMisses() throws IOException {
    SearchedBuild.Outcome outcome = run(Fault.SEARCHES_FIND_NOTHING_UNTIL_BUILT);

    assertTrue(outcome.misses() > 0);
    assertEquals(0, outcome.errors());
    assertFalse(outcome.sound());
  }

  @Test
  void run_addsThatTheBuildLoses_areLost() throws IOException {
    SearchedBuild.Outcome outcome = run(Fault.BUILD_LOSES_NEW_ENTRIES);

    assertTrue(outcome.lost() > 0);
    assertFalse(outcome.sound());
  }

  @Test
  void run_buildThatFails_fails() {
    var failure = assertThrows(IllegalStateException.class, () -> run(Fault.BUILD_THROWS));

    assertMentions("no build today", failure);
  }

  private SearchedBuild.Outcome run(Fault fault) throws IOException {
    VectorRows base = rows();
    var collection = new ScanCollection(base.dimension(), fault);
    Loader.upsert(collection, base, 0, LOADED);
    collection.arm();
    var known = new KnownVectors(base, new ExactScan(base, Metric.DOT));
    return new SearchedBuild(collection, base, known, SEED).run(BuildRequest.defaults(), LOADED);
  }

  /** Unit vectors in all directions of a plane: each is its own nearest. */
  private VectorRows rows() throws IOException {
    float[][] rows = new float[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      double angle = 2 * Math.PI * row / ROWS;
      rows[row] = new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
    }
    return VecsFile.openFloats(VectorFiles.fvecs(directory.resolve("base.fvecs"), rows));
  }
}
