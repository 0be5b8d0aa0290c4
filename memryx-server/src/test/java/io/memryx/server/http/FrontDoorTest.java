package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.service.Readiness;
import io.memryx.server.tenant.AuthMode;
import io.memryx.server.tenant.Authenticator;
import io.memryx.server.tenant.KeyRing;
import io.undertow.Undertow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@SuppressWarnings(
    "StringConcatToTextBlock") // HTTP ends its lines with CR LF, a text block does not.
final class FrontDoorTest {
  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private static final long TIMEOUT_SECONDS = 20;

  /** Shorter than a silent upload is waited for. */
  private static final int TIMEOUT_MILLIS = 10_000;

  /** Of one party on one processor. */
  private static final int THREADS_OF_ONE = 2;

  private static final long SHORT_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private Answer held(Call call) {
    begun.countDown();
    hold();
    return Answer.empty(200);
  }

  private void hold() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private FrontDoor door(Lanes lanes) {
    Route route =
        new Route("GET", "/held", Route.Access.PUBLIC, Route.Runs.ON_WORKER, "waits", this::held);
    Route failing =
        new Route(
                "POST",
                "/failing",
                Route.Access.PUBLIC,
                Route.Runs.AS_WRITE,
                "fails while it reads",
                FrontDoorTest::failing)
            .taking(MediaTypes.LINES);
    return new FrontDoor(
        new Routes(List.of(route, failing)),
        new HttpOptions(
            "127.0.0.1",
            0,
            1_000,
            1_000,
            () -> Long.MAX_VALUE,
            1,
            new ConnectionLimits(10, 10),
            AllowedHosts.ANY,
            Pace.USUAL,
            null),
        new Authenticator(
            AuthMode.OPEN,
            new KeyRing(List.of(), null, new SecureRandom()),
            _ -> Optional.empty(),
            InstantSource.system(),
            System::nanoTime),
        new Readiness(),
        new ServerMeters(),
        System::nanoTime,
        lanes);
  }

  private static Answer failing(Call call) {
    call.lines(
        _ -> {
          throw new OutOfMemoryError("on purpose");
        });
    return Answer.empty(200);
  }

  private static Undertow start(FrontDoor door) {
    Undertow undertow =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setHandler(door)
            .setIoThreads(1)
            .setWorkerThreads(1)
            .build();
    undertow.start();
    return undertow;
  }

  private static Socket send(Undertow undertow, String request) throws IOException {
    var address = (InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress();
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }

  private static String statusOf(Socket socket) throws IOException {
    return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
  }

  @Test
  void request_thatWaitsTooLong_isAnsweredWhileOthersHoldTheThreads() throws Exception {
    Lanes lanes = new Lanes(1, System::nanoTime, SHORT_WAIT_NANOS);
    FrontDoor door = door(lanes);
    Undertow undertow = start(door);
    String party = Party.of(null, InetAddress.getLoopbackAddress()).name();
    for (int thread = 0; thread < THREADS_OF_ONE; thread++) {
      lanes.enter(Lanes.Lane.READS, party).execute(this::hold);
    }
    try (Socket socket = send(undertow, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n")) {
      assertEquals("HTTP/1.1 504", statusOf(socket));
      assertEquals(0, lanes.waiting(Lanes.Lane.READS));
      assertEquals(1, begun.getCount(), "what was answered 504 is not done");
    } finally {
      released.countDown();
      door.endEvents();
      lanes.close();
      undertow.stop();
    }
  }

  @Test
  void upload_whoseReadingFails_endsItsConnection_andReadsNoMore() throws Exception {
    Lanes lanes = new Lanes(1, System::nanoTime);
    FrontDoor door = door(lanes);
    Undertow undertow = start(door);
    String request =
        "POST /failing HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"
            + "Content-Length: 100000\r\n\r\n{}\n";
    try (Socket socket = send(undertow, request)) {
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(answer.startsWith("HTTP/1.1 503"), answer);
    } finally {
      door.endEvents();
      lanes.close();
      undertow.stop();
    }
  }

  /** Which thread meets the stop first is a race, so once is not enough. */
  @RepeatedTest(50)
  void answer_afterTheStop_isNoDefect() throws Exception {
    Queue<Throwable> escaped = new ConcurrentLinkedQueue<>();
    var before = Thread.getDefaultUncaughtExceptionHandler();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    ROOT.addAppender(log);
    Thread.setDefaultUncaughtExceptionHandler((_, failure) -> escaped.add(failure));
    Lanes lanes = new Lanes(1, System::nanoTime);
    FrontDoor door = door(lanes);
    try (lanes) {
      Undertow undertow =
          Undertow.builder()
              .addHttpListener(0, "127.0.0.1")
              .setHandler(door)
              .setIoThreads(1)
              .setWorkerThreads(1)
              .build();
      undertow.start();
      var address = (InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
        String request = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        assertTrue(begun.await(TIMEOUT_SECONDS, TimeUnit.SECONDS));
        released.countDown();
        undertow.stop();
        assertTrue(lanes.awaitEnd(TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS)));
      }
    } finally {
      released.countDown();
      door.endEvents();
      Thread.setDefaultUncaughtExceptionHandler(before);
      ROOT.detachAppender(log);
    }
    assertEquals(List.of(), List.copyOf(escaped));
    List<ILoggingEvent> lines = List.copyOf(log.list);
    assertTrue(lines.stream().noneMatch(line -> line.getLevel() == Level.ERROR), lines.toString());
  }
}
