package io.memryx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class JsonLineTest {

  @Test
  void end_allKinds_oneEscapedLine() {
    String line =
        JsonLine.of("row").put("text", "a \"b\"\n").put("count", 3L).put("share", 0.5).end();

    assertEquals(
        "{\"type\":\"row\",\"text\":\"a \\\"b\\\"\\n\",\"count\":3,\"share\":0.5}\n", line);
  }
}
