package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BodyStreamTest {
  private long room = Long.MAX_VALUE;
  private final BodiesUnderWay underWay = new BodiesUnderWay(1_000, () -> room);

  private int parties;

  private BodyStream body(int bytes) {
    return new BodyStream(
        new ByteArrayInputStream(new byte[bytes]),
        underWay.begin("party " + parties++),
        Pace.USUAL,
        () -> 0L);
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
  void read_moreThanOnePartyMayHave_isRefused_othersGoOn() throws IOException {
    BodiesUnderWay.Held greedy = underWay.begin("greedy");
    greedy.add(750);
    assertEquals(250, body(250).readAllBytes().length);
    var refused = assertThrows(ProblemException.class, () -> underWay.begin("greedy").add(1));
    assertEquals(ProblemCode.OVERLOADED, refused.problem().code());
  }

  @Test
  void read_collectionsLeaveLittle_isRefused() {
    room = 300;
    assertRefused(ProblemCode.OVERLOADED, body(301));
  }

  @Test
  void read_collectionsLeaveNothing_searchesGoOn() throws IOException {
    room = 0;
    assertEquals(90, body(90).readAllBytes().length);
    assertRefused(ProblemCode.OVERLOADED, body(126));
  }

  private static void assertRefused(ProblemCode code, BodyStream body) {
    var refused = assertThrows(ProblemException.class, body::readAllBytes);
    assertEquals(code, refused.problem().code());
  }
}
