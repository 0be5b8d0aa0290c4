package io.memryx.server.badinput;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.server.Json;
import io.memryx.server.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The servers that bad inputs are sent to; each is started when the first one comes. */
final class Sites implements AutoCloseable {
  /** The administrator's key. */
  static final String ROOT = "ROOT";

  /** Longer than any of the server's own times. */
  private static final int PATIENCE_MILLIS = 30_000;

  /** What a server that is well needs at most for a probe: far more than it does need. */
  private static final int PROBE_MILLIS = 1_000;

  private static final int PROBES = 5;
  private static final long LIFE_OF_A_SHORT_KEY_MILLIS = 200;
  private static final byte[] PROBE = RawRequest.get("/livez").bytes();

  private final Map<Site, TestServer> servers = new EnumMap<>(Site.class);
  private final Map<Made, String> keys = new EnumMap<>(Made.class);
  private final Set<Site> used = EnumSet.noneOf(Site.class);

  /** The server of a site. */
  TestServer server(Site site) {
    used.add(site);
    return servers.computeIfAbsent(site, Sites::start);
  }

  /** Sends bytes, and reads until the connection's end. */
  RawAnswer send(Site site, byte[] request) throws IOException {
    return send(server(site), request);
  }

  /** Sends a request. */
  RawAnswer send(Site site, RawRequest request) throws IOException {
    return send(site, request.bytes());
  }

  /** Sends bytes to any server, and reads until the connection's end. */
  static RawAnswer send(TestServer server, byte[] request) throws IOException {
    return exchange(server, request, PATIENCE_MILLIS);
  }

  private static RawAnswer exchange(TestServer server, byte[] request, int timeoutMillis)
      throws IOException {
    try (Socket socket = open(server, timeoutMillis)) {
      write(socket, request);
      return RawAnswer.of(rest(socket));
    }
  }

  /** A connection on which nothing has been said. */
  static Socket open(TestServer server) throws IOException {
    return open(server, PATIENCE_MILLIS);
  }

  private static Socket open(TestServer server, int timeoutMillis) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(timeoutMillis);
    return socket;
  }

  /** Sends what can be sent: a refusal may come before the end. */
  static void write(Socket socket, byte[] request) throws IOException {
    try {
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
    } catch (SocketException e) {
      // Refused while sending: the answer may be there all the same.
    }
  }

  /** Sends no more, but takes what comes. */
  static void endWriting(Socket socket) throws IOException {
    try {
      socket.shutdownOutput();
    } catch (SocketException e) {
      // The other side was faster.
    }
  }

  /** What comes until the connection's end. */
  static byte[] rest(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      InputStream in = socket.getInputStream();
      in.transferTo(all);
    } catch (SocketException e) {
      // A reset after the answer is an end, too.
    }
    return all.toByteArray();
  }

  /** Whatever was sent to whichever server: it answers within a second. */
  void probe() throws IOException {
    for (Site site : used) {
      probe(server(site));
    }
    used.clear();
  }

  /**
   * It answers within a second; asked again where the whole machine stood still for that long, but
   * not for ever.
   */
  static void probe(TestServer server) throws IOException {
    for (int ask = 1; ; ask++) {
      try {
        assertEquals(200, exchange(server, PROBE, PROBE_MILLIS).status());
        return;
      } catch (SocketTimeoutException e) {
        if (ask == PROBES) {
          throw e;
        }
      }
    }
  }

  private static TestServer start(Site site) {
    TestServer server = TestServer.inMemory(site.variables());
    switch (site) {
      case OPEN ->
          server.post(
              "/add",
              "k",
              "{\"vectors\":[{\"id\":\"a\",\"values\":[1,0]},{\"id\":\"b\",\"values\":[0,1]}]}");
      case KEYS ->
          server.post("/add", "ACME", "{\"vectors\":[{\"id\":\"hers\",\"values\":[1,0]}]}");
      case GUESSED, FREE, NARROW, NAMED -> {}
    }
    return server;
  }

  /** A key that the administrator made for a tenant of its own. */
  enum Made {
    /** Good for reading alone. */
    READER,
    /** Good for writing alone. */
    WRITER,
    /** Revoked. */
    REVOKED,
    /** At its end. */
    EXPIRED
  }

  /** A key of a kind; the first that is asked for is made. */
  String key(Made kind) {
    return keys.computeIfAbsent(kind, this::make);
  }

  private String make(Made kind) {
    return make(kind, LIFE_OF_A_SHORT_KEY_MILLIS);
  }

  /** Makes a key; one that is to be at its end must live until it is made. */
  private String make(Made kind, long lifeMillis) {
    TestServer server = server(Site.KEYS);
    String tenant = kind.name().toLowerCase(Locale.ROOT);
    Instant end = Instant.now().plusMillis(lifeMillis);
    String term =
        switch (kind) {
          case READER -> "\"scopes\":[\"read\"]";
          case WRITER -> "\"scopes\":[\"write\"]";
          case REVOKED -> "\"expires_at\":null";
          case EXPIRED -> "\"expires_at\":\"%s\"".formatted(end);
        };
    String wanted = "{\"tenant\":\"%s\",%s}".formatted(tenant, term);
    var answer = server.post("/v1/admin/keys", ROOT, wanted);
    if (answer.statusCode() == 400 && Instant.now().isAfter(end)) {
      return make(kind, 2 * lifeMillis);
    }
    assertEquals(201, answer.statusCode(), answer.body());
    Map<String, Object> made = Json.object(answer.body());
    switch (kind) {
      case READER, WRITER -> {}
      case REVOKED -> revoke(server, Json.member(made, "key_id").toString());
      case EXPIRED -> {
        while (Instant.now().isBefore(end)) {
          Thread.onSpinWait();
        }
      }
    }
    return Json.member(made, "key").toString();
  }

  private static void revoke(TestServer server, String id) {
    var request = server.request("/v1/admin/keys/" + id).header("X-API-Key", ROOT).DELETE();
    assertEquals(204, server.send(request).statusCode());
  }

  @Override
  public void close() {
    servers.values().forEach(TestServer::close);
  }
}
