package io.memryx.bench.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.bench.dataset.VectorFiles;
import io.memryx.persistence.exchange.VecsFile;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules by which answers are judged. Rows score 5, 4, 3, 3, 1: the third best is a tie. */
final class RecallTest {
  private static final float[] QUERY = {1};

  @TempDir private Path directory;
  private ExactScan scan;
  private Ranking truth;

  @BeforeEach
  void rank() throws IOException {
    scan = new ExactScan(rows(), Metric.DOT);
    truth = scan.nearest(new float[][] {QUERY}, 3, 1).getFirst();
  }

  @Test
  void add_trueRowsInAnyOrder_countFully() {
    Recall recall = recall(2, 0, 1);

    assertEquals(1, recall.byId());
    assertEquals(1, recall.withTies());
  }

  @Test
  void add_equalOfTheLast_countsWithTiesOnly() {
    Recall recall = recall(0, 1, 3);

    assertEquals(2 / 3.0, recall.byId(), 1e-12);
    assertEquals(1, recall.withTies());
  }

  @Test
  void add_worseRow_countsNot() {
    assertEquals(2 / 3.0, recall(0, 1, 4).withTies(), 1e-12);
  }

  @Test
  void add_rowTwice_countsOnce() {
    assertEquals(1 / 3.0, recall(0, 0, 0).withTies(), 1e-12);
  }

  @Test
  void add_shortAnswer_countsWhatIsThere() {
    assertEquals(1 / 3.0, recall(1).withTies(), 1e-12);
  }

  @Test
  void inTwiceAsMany_trueRowsFurtherBack_countOnceEach() {
    Recall recall = Recall.inTwiceAsMany(scan, 3);

    recall.add(QUERY, truth, new int[] {4, 4, 3, 0, 2, 1, 1});

    assertEquals(1, recall.byId());
    assertEquals(1, recall.withTies());
  }

  @Test
  void inTwiceAsMany_rowsBeyond_countNot() {
    Recall recall = Recall.inTwiceAsMany(scan, 1);

    recall.add(QUERY, truth, new int[] {4, 3, 0});

    assertEquals(0, recall.byId());
  }

  @Test
  void add_rowsBeyondK_countNot() {
    assertEquals(1 / 3.0, recall(4, 4, 0, 1, 2).withTies(), 1e-12);
  }

  @Test
  void exactCheck_trueAnswers_hold() {
    assertEquals("", mismatch(neighbor(0, 5), neighbor(1, 4), neighbor(2, 3)));
    assertEquals("", mismatch(neighbor(0, 5), neighbor(1, 4), neighbor(3, 3)));
  }

  @Test
  void exactCheck_faults_found() {
    assertTrue(mismatch(neighbor(0, 5), neighbor(1, 4)).contains("2 neighbors, expected 3"));
    assertTrue(
        mismatch(neighbor(0, 5), neighbor(1, 4), neighbor(4, 1)).contains("rank 2 is row 4"));
    assertTrue(
        mismatch(neighbor(1, 4), neighbor(0, 5), neighbor(2, 3)).contains("rank 0 is row 1"));
    assertTrue(mismatch(neighbor(0, 5), neighbor(1, 4), neighbor(1, 4)).contains("row 1 twice"));
    assertTrue(mismatch(neighbor(0, 5.001f), neighbor(1, 4), neighbor(2, 3)).contains("truly 5.0"));
  }

  @Test
  void foundFirst_itselfOrNoWorse_found() throws IOException {
    var known = new KnownVectors(rows(), new ExactScan(rows(), Metric.L2));

    assertTrue(known.foundFirst(2, OptionalInt.of(2)));
    assertTrue(known.foundFirst(2, OptionalInt.of(3)));
    assertFalse(known.foundFirst(2, OptionalInt.of(1)));
    assertFalse(known.foundFirst(2, OptionalInt.empty()));
  }

  private Recall recall(int... answer) {
    var recall = new Recall(scan, 3);
    recall.add(QUERY, truth, answer);
    return recall;
  }

  private String mismatch(Neighbor... answer) {
    var check = new ExactCheck(scan);
    check.add(QUERY, truth, List.of(answer));
    assertEquals(1, check.queries());
    assertEquals(check.firstMismatch().isEmpty() ? 0 : 1, check.mismatches());
    return check.firstMismatch();
  }

  private static Neighbor neighbor(int row, float score) {
    return new Neighbor(Integer.toString(row), score, Metadata.empty());
  }

  private VectorRows rows() throws IOException {
    float[][] vectors = {{5}, {4}, {3}, {3}, {1}};
    return VecsFile.openFloats(VectorFiles.fvecs(directory.resolve("base.fvecs"), vectors));
  }
}
