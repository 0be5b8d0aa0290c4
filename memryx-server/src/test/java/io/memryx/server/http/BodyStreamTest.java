package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BodyStreamTest {
  private final BodiesUnderWay underWay = new BodiesUnderWay(1_000);

  private BodyStream body(int bytes) {
    return new BodyStream(new ByteArrayInputStream(new byte[bytes]), 800, underWay, () -> 0L);
  }

  @Test
  void read_moreThanAllBodiesMayHaveTogether_isRefusedUntilOneIsReleased() throws IOException {
    BodyStream first = body(700);
    assertEquals(700, first.readAllBytes().length);
    BodyStream second = body(301);
    assertRefused(ProblemCode.OVERLOADED, second);
    second.release();
    BodyStream third = body(300);
    assertEquals(300, third.readAllBytes().length);
    third.release();
    first.release();
    assertEquals(700, body(700).readAllBytes().length);
  }

  @Test
  void read_moreThanOneBodyMayHave_isRefused() {
    assertRefused(ProblemCode.BODY_TOO_LARGE, body(801));
  }

  private static void assertRefused(ProblemCode code, BodyStream body) {
    var refused = assertThrows(ProblemException.class, body::readAllBytes);
    assertEquals(code, refused.problem().code());
  }
}
