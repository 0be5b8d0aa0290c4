package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class BodyStreamTest {
  private static final BodyLimit LIMIT = BodyLimit.ofServer(1_000);

  private static ProblemException refused(InputStream body) {
    BodyStream stream = new BodyStream(body, LIMIT, () -> 0);
    return assertThrows(
        ProblemException.class,
        () ->
            JsonReader.read(
                stream,
                json -> {
                  json.array("an array", () -> {});
                  return "";
                }));
  }

  @Test
  void read_failsUnderneath_isABodyThatEnded() {
    InputStream beginning = new ByteArrayInputStream("[1,".getBytes(StandardCharsets.UTF_8));
    InputStream broken =
        new InputStream() {
          @Override
          public int read() {
            throw new NullPointerException("this.pooled");
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            throw new NullPointerException("this.pooled");
          }
        };
    var problem = refused(new SequenceInputStream(beginning, broken)).problem();
    assertEquals(ProblemCode.BAD_JSON, problem.code());
    assertEquals("the body ended before its end", problem.detail());
  }

  @Test
  void read_beyondTheLimit_isTooLarge() {
    String blanks = "[" + " ".repeat(1_000) + "]";
    InputStream body = new ByteArrayInputStream(blanks.getBytes(StandardCharsets.UTF_8));
    assertEquals(ProblemCode.BODY_TOO_LARGE, refused(body).problem().code());
  }
}
