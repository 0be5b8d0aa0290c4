package io.memryx.bench.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {
  @Test
  void due_isTheScheduleWhateverHappens() {
    Arrivals arrivals = new Arrivals(1_000, 200, 1.5);
    assertEquals(300, arrivals.count());
    assertEquals(1_000, arrivals.dueNanos(0));
    assertEquals(1_000 + 5_000_000, arrivals.dueNanos(1));
    assertEquals(1_000 + 1_000_000_000L, arrivals.dueNanos(200));
  }

  @Test
  void rate_ofNothing_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Arrivals(0, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Arrivals(0, 1, 0));
  }

  /** Answers so many requests of one connection with what it is told. */
  private static void answer(ServerSocket listening, byte[] request, List<String> answers) {
    try (Socket socket = listening.accept()) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (String answer : answers) {
        in.readNBytes(request.length);
        out.write(answer.getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void openLoop_countsWhatWasAnswered_byStatus() throws Exception {
    byte[] request = RawConnection.request("/search", "key", "{}");
    List<String> answers =
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 429 Too Many\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server = Thread.ofPlatform().start(() -> answer(listening, request, answers));
      URI address = URI.create("http://127.0.0.1:" + listening.getLocalPort());
      OpenLoop loop =
          new OpenLoop(address, List.of(request), new Arrivals(System.nanoTime(), 1_000, 0.003), 1);
      loop.start();
      OpenLoop.Outcome outcome = loop.await();
      server.join();
      assertEquals(Map.of(200, 2, 429, 1), outcome.statuses());
      assertEquals(2, outcome.count());
    }
  }
}
