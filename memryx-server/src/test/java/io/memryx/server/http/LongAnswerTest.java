package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LongAnswerTest {
  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void discard_whoeverEndsItToo_closesTheSourceOnce() {
    LongAnswer answer =
        new LongAnswer(
            MediaTypes.LINES,
            new LongAnswer.Source() {
              @Override
              public ByteBuffer next() {
                return ByteBuffer.allocate(0);
              }

              @Override
              public void close() {
                closed.incrementAndGet();
              }
            });
    answer.discard();
    answer.source().close();
    answer.discard();
    assertEquals(1, closed.get());
  }

  @Test
  void discard_ofEvents_closesTheSourceOnce() {
    EventStream stream =
        new EventStream(
            new EventStream.Source() {
              @Override
              public EventStream.Event now() {
                return new EventStream.Event("", true);
              }

              @Override
              public void close() {
                closed.incrementAndGet();
              }
            });
    stream.source().close();
    stream.discard();
    assertEquals(1, closed.get());
  }
}
