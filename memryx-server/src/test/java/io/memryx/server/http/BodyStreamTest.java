package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class BodyStreamTest {
  private long room = Long.MAX_VALUE;
  private final BodiesUnderWay underWay = new BodiesUnderWay(1_000, () -> room);

  private int parties;

  private BodyStream body(int bytes) {
    return body(new ByteArrayInputStream(new byte[bytes]), () -> 0L);
  }

  private BodyStream body(InputStream bytes, LongSupplier clock) {
    return new BodyStream(bytes, begin("party " + parties++), Pace.USUAL, clock);
  }

  private BodiesUnderWay.Held begin(String party) {
    return underWay.begin(new Party(party, Party.Standing.KNOWN));
  }

  @Test
  void read_moreThanAllBodiesMayHaveTogether_isRefusedUntilOneIsReleased() throws IOException {
    BodyStream first = body(700);
    assertEquals(700, first.readAllBytes().length);
    BodyStream second = body(176);
    assertRefused(ProblemCode.OVERLOADED, second);
    second.release();
    BodyStream third = body(175);
    assertEquals(175, third.readAllBytes().length);
    third.release();
    first.release();
    assertEquals(700, body(700).readAllBytes().length);
  }

  @Test
  void read_moreThanOnePartyMayHave_isRefused_othersGoOn() throws IOException {
    BodiesUnderWay.Held greedy = begin("greedy");
    greedy.add(750);
    assertEquals(100, body(100).readAllBytes().length);
    var refused = assertThrows(ProblemException.class, () -> begin("greedy").add(1));
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

  @Test
  void skipRest_clientThatGoesOnForLong_isLeft() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }
        };
    long[] seconds = {0};
    BodyStream body = body(endless, () -> TimeUnit.SECONDS.toNanos(seconds[0]++));
    assertFalse(body.skipRest(Long.MAX_VALUE - 1));
    assertTrue(seconds[0] < 10, "read on for %d seconds".formatted(seconds[0]));
  }

  private static void assertRefused(ProblemCode code, BodyStream body) {
    var refused = assertThrows(ProblemException.class, body::readAllBytes);
    assertEquals(code, refused.problem().code());
  }
}
