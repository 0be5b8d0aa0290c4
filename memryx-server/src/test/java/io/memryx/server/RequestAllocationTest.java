package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What the layer allocates for a request, on the threads of the server alone. The tenant has no
 * collection: the searches are read, admitted and answered, and the engine allocates nothing.
 */
final class RequestAllocationTest {
  private static final int WARM_UP = 2_000;
  private static final int REQUESTS = 500;
  private static final int DIMENSION = 384;
  private static final String VECTOR =
      '"' + Base64.getEncoder().encodeToString(new byte[DIMENSION * Float.BYTES]) + '"';

  /** Those that read connections, and those that answer. */
  private static final List<String> SERVER_THREADS = List.of("XNIO", "memryx");

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private long allocated() {
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(Objects::nonNull)
        .filter(thread -> SERVER_THREADS.stream().anyMatch(thread.getThreadName()::startsWith))
        .mapToLong(ThreadInfo::getThreadId)
        .map(threads::getThreadAllocatedBytes)
        .sum();
  }

  /** Bytes a request, once what runs often is compiled. */
  private long allocatedBy(String search) {
    try (TestServer server = TestServer.inMemory()) {
      ask(server, search, WARM_UP);
      long before = allocated();
      ask(server, search, REQUESTS);
      return (allocated() - before) / REQUESTS;
    }
  }

  private static void ask(TestServer server, String search, int times) {
    for (int request = 0; request < times; request++) {
      assertEquals(200, server.post("/search", search).statusCode());
    }
  }

  @Test
  void search_allocatesLessThan32Kilobytes() {
    long bytes = allocatedBy("{\"vector\":%s,\"k\":10}".formatted(VECTOR));
    assertTrue(bytes > 2 * DIMENSION * Float.BYTES && bytes < 32_000, () -> bytes + " bytes");
  }

  @Test
  void batch_isNotCopiedMoreOftenThanItMustBe() {
    String body = "{\"vectors\":[%s]}".formatted(String.join(",", Collections.nCopies(50, VECTOR)));
    long bytes = allocatedBy(body);
    assertTrue(
        bytes > body.length() && bytes < 3.5 * body.length(),
        () -> "%d bytes for a body of %d".formatted(bytes, body.length()));
  }
}
