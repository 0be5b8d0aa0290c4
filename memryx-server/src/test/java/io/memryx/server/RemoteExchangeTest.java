package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Import and export over HTTP, against a server that says what the contract says. */
final class RemoteExchangeTest {
  private static final String VIEW =
      "{\"name\":\"docs\",\"dimension\":2,\"metric\":\"cosine\",\"compression\":\"compact\",\"vectors\":2}";

  @TempDir private Path directory;

  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final List<Reply> replies = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;

  /** What is answered next, in order. */
  private record Reply(int status, String body, boolean retryable) {
    Reply(int status, String body) {
      this(status, body, false);
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    calls.add(
        "%s %s %s%n%s"
            .formatted(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                body));
    Reply reply = replies.removeFirst();
    byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    if (reply.retryable()) {
      exchange.getResponseHeaders().add("Retry-After", "1");
    }
    exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private record Ended(int code, String out, String err) {}

  private Ended run(String command, Path file, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, file.toString()));
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    arguments.addAll(List.of("--collection", "docs", "--url", url, "--key", "secret"));
    arguments.addAll(List.of(more));
    var out = new StringWriter();
    var err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments.toArray(String[]::new));
    return new Ended(code, out.toString(), err.toString());
  }

  private Path twoLines() throws IOException {
    return Files.writeString(
        directory.resolve("in.ndjson"),
        "{\"id\":\"a\",\"values\":[1,2]}\n\n{\"id\":\"b\",\"values\":[3,0.1]}\n");
  }

  @Test
  void import_newCollection_isMadeThenFilled() throws IOException {
    replies.add(new Reply(404, "{}"));
    replies.add(new Reply(201, VIEW));
    replies.add(new Reply(200, "{\"upserted\":2,\"replaced\":1,\"rejected\":[]}"));
    Ended ended = run("import", twoLines(), "--metric", "dot");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().startsWith("imported 2 entries (1 replaced, 0 skipped)"), ended.out());
    assertEquals("GET /v1/collections/docs Bearer secret", calls.get(0).strip());
    assertTrue(
        calls.get(1).endsWith("{\"dimension\":2,\"metric\":\"dot\",\"compression\":\"compact\"}"));
    List<String> upsert = calls.get(2).lines().toList();
    assertEquals("POST /v1/collections/docs/vectors Bearer secret", upsert.get(0));
    assertEquals("{\"id\":\"b\",\"metadata\":{},\"values\":[3.0,0.1]}", upsert.get(2));
  }

  @Test
  void import_busyServer_isAskedAgainWithTheSameBatch() throws IOException {
    replies.add(new Reply(200, VIEW));
    replies.add(new Reply(503, "{\"detail\":\"loading\"}", true));
    replies.add(new Reply(200, "{\"upserted\":2,\"replaced\":0,\"rejected\":[]}"));
    assertEquals(0, run("import", twoLines()).code());
    assertEquals(calls.get(1), calls.get(2));
  }

  @Test
  void import_skipping_namesTheLinesThatTheServerRejected() throws IOException {
    replies.add(new Reply(200, VIEW));
    replies.add(
        new Reply(
            200,
            "{\"upserted\":1,\"replaced\":0,\"rejected\":[{\"index\":1,\"id\":\"b\","
                + "\"code\":\"zero_norm\",\"detail\":\"no direction\"}]}"));
    Ended ended = run("import", twoLines(), "--on-error", "skip");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(calls.get(1).startsWith("POST /v1/collections/docs/vectors?on_error=skip"));
    assertTrue(ended.err().contains("skipped line 3: no direction"), ended.err());
  }

  @Test
  void import_refused_tellsWhatTheServerSays() throws IOException {
    replies.add(new Reply(200, VIEW));
    replies.add(new Reply(400, "{\"detail\":\"vector has no direction\",\"hint\":\"leave it\"}"));
    Ended ended = run("import", twoLines());
    assertEquals(5, ended.code());
    assertTrue(
        ended
            .err()
            .contains(
                "2 entries from line 1 on: the server answers 400: vector has no direction: leave it"),
        ended.err());
    replies.add(new Reply(401, "{\"detail\":\"unknown key\",\"hint\":\"give another\"}"));
    assertEquals(6, run("import", twoLines()).code());
    replies.add(new Reply(200, VIEW));
    assertEquals(2, run("import", twoLines(), "--compression", "lossless").code());
    replies.add(new Reply(200, "<html>"));
    Ended html = run("import", twoLines());
    assertEquals(6, html.code());
    assertTrue(html.err().contains("is this address a Memryx server?"), html.err());
  }

  @Test
  void import_refusedEntry_isNamedByItsLineInTheFile() throws IOException {
    replies.add(new Reply(200, VIEW));
    replies.add(
        new Reply(
            400,
            "{\"detail\":\"line 2: no direction\",\"hint\":\"leave it out\","
                + "\"errors\":[{\"pointer\":\"/1/values\"}]}"));
    Ended ended = run("import", twoLines());
    assertEquals(5, ended.code());
    assertTrue(ended.err().contains("memryx: line 3: no direction: leave it out"), ended.err());
  }

  @Test
  void import_skippingMoreThanTheServerLists_countsAll() throws IOException {
    replies.add(new Reply(200, VIEW));
    replies.add(new Reply(200, "{\"upserted\":1,\"replaced\":0,\"rejected\":[]}"));
    Ended ended = run("import", twoLines(), "--on-error", "skip");
    assertTrue(ended.out().startsWith("imported 1 entries (0 replaced, 1 skipped)"), ended.out());
  }

  @Test
  void commands_nobodyListens_is6() throws IOException {
    server.stop(0);
    Ended ended = run("import", twoLines());
    assertEquals(6, ended.code());
    assertTrue(ended.err().contains("can't be reached"), ended.err());
  }

  @Test
  void export_lines_areWrittenAsTheyCome() throws IOException {
    String lines = "{\"id\":\"a\",\"values\":[1.0]}\n{\"id\":\"b\",\"values\":[2.0]}\n";
    replies.add(new Reply(200, VIEW));
    replies.add(new Reply(200, lines));
    Path file = directory.resolve("out.ndjson");
    Ended ended = run("export", file, "--filter", "{\"a b\":1}");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().startsWith("exported 2 entries"), ended.out());
    assertEquals(lines, Files.readString(file));
    assertTrue(
        calls.get(1).startsWith("GET /v1/collections/docs/vectors?filter=%7B%22a+b%22%3A1%7D"));
  }

  @Test
  void export_noSuchCollection_is2AndLeavesNoFile() {
    replies.add(new Reply(404, "{}"));
    Path file = directory.resolve("out.ndjson");
    assertEquals(2, run("export", file).code());
    assertFalse(Files.exists(file));
  }
}
