package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import org.junit.jupiter.api.Test;

final class BodiesUnderWayTest {
  private static final int MIB = 1 << 20;

  /** 128 MiB, as of a heap of 512. */
  private static final int ALL = 128 * MIB;

  private final BodiesUnderWay bodies = new BodiesUnderWay(ALL, () -> Long.MAX_VALUE);

  private BodiesUnderWay.Held known(String name) {
    return bodies.begin(new Party("tenant " + name, Party.Standing.KNOWN));
  }

  private BodiesUnderWay.Held stranger(String name) {
    return bodies.begin(new Party("address " + name, Party.Standing.STRANGER));
  }

  private static void assertRefused(BodiesUnderWay.Held body, int bytes) {
    var refused = assertThrows(ProblemException.class, () -> body.add(bytes));
    assertEquals(ProblemCode.OVERLOADED, refused.problem().code());
    body.release();
  }

  @Test
  void strangers_allTogether_haveAQuarter_oneOfThemHalfOfThat() {
    stranger("a").add(16 * MIB);
    assertRefused(stranger("a"), 1);
    stranger("b").add(16 * MIB);
    assertRefused(stranger("c"), 1);
    known("acme").add(64 * MIB);
    assertEquals(96 * MIB, bodies.bytes());
  }

  @Test
  void strangers_released_leaveRoomForOthers() {
    BodiesUnderWay.Held first = stranger("a");
    first.add(16 * MIB);
    first.release();
    first.release();
    stranger("a").add(16 * MIB);
    stranger("b").add(16 * MIB);
    assertRefused(stranger("c"), 1);
  }

  @Test
  void known_twoWhoTakeAllTheyCan_leaveRoomForOthersSearches() {
    known("x").add(96 * MIB);
    known("y").add(16 * MIB);
    assertRefused(known("y"), 1);
    for (int search = 0; search < 64; search++) {
      known("modest").add(64 * 1024);
    }
  }

  @Test
  void reserve_isForSmallBodies_ofThoseWhoHaveLittle() {
    known("x").add(96 * MIB);
    known("y").add(16 * MIB);
    assertRefused(known("large"), 64 * 1024 + 1);
    assertRefused(stranger("a"), 1);
    for (int search = 0; search < 64; search++) {
      known("many").add(64 * 1024);
    }
    assertRefused(known("many"), 1);
    known("modest").add(64 * 1024);
  }

  @Test
  void party_alone_hasThreeQuarters() {
    known("x").add(96 * MIB);
    assertRefused(known("x"), 1);
  }
}
