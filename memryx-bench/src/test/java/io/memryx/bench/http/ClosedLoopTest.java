package io.memryx.bench.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClosedLoopTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();
  private final Set<String> paths = ConcurrentHashMap.newKeySet();
  private HttpServer server;

  @SuppressWarnings("NullAway.Init") // JUnit calls begin first
  ClosedLoopTest() {}

  @BeforeEach
  void begin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          clients.add(exchange.getRemoteAddress());
          paths.add(exchange.getRequestURI().getPath());
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(
              exchange.getRequestURI().getPath().equals("/no") ? 503 : 200, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private ClosedLoop loop(int connections) throws IOException {
    return new ClosedLoop(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()), connections);
  }

  @Test
  void send_countsEveryAnswer_overItsConnections() throws Exception {
    List<byte[]> requests =
        List.of(
            RawConnection.request("/one", "key", "{}"), RawConnection.request("/two", "key", "{}"));
    try (ClosedLoop loop = loop(3)) {
      ClosedLoop.Outcome outcome = loop.send(requests, 0.2);
      assertEquals(asked.get(), outcome.count());
      assertEquals(3, clients.size());
      assertEquals(Set.of("/one", "/two"), paths);
      assertTrue(outcome.seconds() >= 0.2, () -> outcome.seconds() + " s");
    }
  }

  @Test
  void send_anotherAnswerThan200_endsTheRun() throws Exception {
    List<byte[]> requests = List.of(RawConnection.request("/no", "key", "{}"));
    try (ClosedLoop loop = loop(1)) {
      var failure = assertThrows(ServerRunException.class, () -> loop.send(requests, 60));
      assertTrue(String.valueOf(failure.getMessage()).contains("503"), failure::toString);
    }
  }
}
