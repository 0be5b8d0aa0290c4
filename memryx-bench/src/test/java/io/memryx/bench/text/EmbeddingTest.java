package io.memryx.bench.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.measure.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EmbeddingTest {

  @Test
  void vectors_anyNumberOfThreads_areTheirTexts() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      texts.add("x".repeat(1 + i * 7 % 100) + i);
    }
    float[][] single = embedding(new LengthModel(), 1).vectors(texts);

    float[][] several = embedding(new LengthModel(), 3).vectors(texts);

    for (int i = 0; i < texts.size(); i++) {
      assertEquals(texts.get(i).length(), several[i][0]);
      assertArrayEquals(single[i], several[i]);
    }
  }

  /** The second component tells the size of the batch that a text was in. */
  @Test
  void vectors_textTwiceInABlock_isEmbeddedOnce() {
    float[][] vectors = embedding(new LengthModel(), 2).vectors(List.of("a", "b", "a", "a"));

    assertEquals(2, vectors[0][1]);
    assertEquals(vectors[0], vectors[3]);
  }

  @Test
  void vectors_moreThanABlock_areEmbeddedBlockByBlock() {
    List<String> texts =
        IntStream.range(0, Embedding.BLOCK + 3).mapToObj(i -> "t" + i % Embedding.BLOCK).toList();

    float[][] vectors = embedding(new LengthModel(), 2).vectors(texts);

    assertEquals(3, vectors[Embedding.BLOCK][1]);
    assertTrue(vectors[0][1] > 3);
  }

  @Test
  void vectors_failingModel_failsWithItsCause() {
    var failure =
        assertThrows(
            IllegalStateException.class,
            () -> embedding(new LengthModel(), 2).vectors(List.of("fail")));

    assertEquals("the model failed: java.lang.IllegalArgumentException: no", failure.getMessage());
  }

  private static Embedding embedding(EmbeddingModel model, int threads) {
    return new Embedding(model, threads, Progress.on(new PrintWriter(new StringWriter())));
  }
}
