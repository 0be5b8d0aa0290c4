package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ReceivedBodyTest {
  private static final long SEED = 7;

  private final BodiesUnderWay underWay = new BodiesUnderWay(1 << 20, () -> Long.MAX_VALUE);
  private final BodiesUnderWay.Held held =
      underWay.begin(new Party("somebody", Party.Standing.KNOWN));
  private final ReceivedBody body = new ReceivedBody(200_000, held);
  private final SplittableRandom random = new SplittableRandom(SEED);

  /** In pieces of all sizes, from one byte on. */
  private byte[] arrive(int pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int piece = 0; piece < pieces; piece++) {
      byte[] bytes = new byte[random.nextInt(1, 1 << random.nextInt(1, 16))];
      random.nextBytes(bytes);
      all.writeBytes(bytes);
      body.append(ByteBuffer.wrap(bytes));
    }
    return all.toByteArray();
  }

  @Test
  void stream_givesWhatArrived() throws IOException {
    byte[] sent = arrive(20);
    assertEquals(sent.length, body.bytes());
    assertEquals(sent.length, underWay.bytes());
    assertArrayEquals(sent, body.stream().readAllBytes(), "seed " + SEED);
    held.release();
    assertEquals(0, underWay.bytes());
  }

  @Test
  void stream_byteByByte_givesWhatArrived() throws IOException {
    byte[] sent = arrive(5);
    try (var stream = body.stream()) {
      for (byte one : sent) {
        assertEquals(Byte.toUnsignedInt(one), stream.read());
      }
      assertEquals(-1, stream.read());
    }
  }

  @Test
  void digest_isThatOfAll() throws Exception {
    byte[] sent = arrive(20);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    body.digestInto(digest);
    assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(sent), digest.digest());
  }

  @Test
  void append_moreThanOneBodyMayHave_isRefused() {
    body.append(ByteBuffer.wrap(new byte[200_000]));
    var refused =
        assertThrows(ProblemException.class, () -> body.append(ByteBuffer.wrap(new byte[1])));
    assertEquals(ProblemCode.BODY_TOO_LARGE, refused.problem().code());
  }
}
