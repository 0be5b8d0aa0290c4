package io.memryx.server.badinput;

import static io.memryx.server.badinput.RawRequest.delete;
import static io.memryx.server.badinput.RawRequest.get;
import static io.memryx.server.badinput.RawRequest.post;
import static io.memryx.server.badinput.RawRequest.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.memryx.server.Mutation;
import io.memryx.server.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Requests of every kind, a few bytes of each changed: never a 500, never an error in the log. */
final class MutatedRequestsTest {
  private static final int REQUESTS = Integer.getInteger("memryx.fuzz.requests", 2_000);
  private static final long SEED = Long.getLong("memryx.fuzz.seed", System.nanoTime());
  private static final int PROBE_EVERY = 250;
  private static final String DOCS = "/v1/collections/docs";
  private static final String ENTRY =
      "{'id':'a','values':[1,0.5],'metadata':{'lang':'en','year':2001,'tags':['x','y']}}";
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  @TempDir Path directory;

  private static List<byte[]> requests() {
    return Stream.concat(tenants(), administrators()).map(RawRequest::bytes).toList();
  }

  private static Stream<RawRequest> tenants() {
    String filter =
        "{'and':[{'lang':'en'},{'year':{'gte':2000,'lt':2010}},{'not':{'tags':{'contains':'x'}}}]}";
    return Stream.of(
            get("/"),
            get("/health"),
            get("/metrics"),
            get("/openapi.json"),
            get("/errors/bad_json"),
            post("/add").json("{'vectors':[" + ENTRY + "]}"),
            post("/add").chunked("application/json", "{'vectors':[" + ENTRY + "]}", 16),
            post("/search").json("{'vector':[1,0],'k':5,'filter':" + filter + ",'explain':true}"),
            post("/finalize").json("{'timeout_s':10}"),
            get("/finalize/status?build_id=0"),
            get("/v1/collections"),
            put(DOCS).json("{'dimension':2,'metric':'dot','compression':'balanced'}"),
            get(DOCS),
            get(DOCS + "/stats"),
            post(DOCS + "/vectors").json("{'vectors':[" + ENTRY + "]}"),
            post(DOCS + "/vectors?on_error=skip")
                .header("Idempotency-Key: i")
                .lines(ENTRY + "\n{'id':'b','values':'AACAPwAAAD8='}\n"),
            get(DOCS + "/vectors?limit=2&include=values,metadata&cursor=1.YQ"),
            get(DOCS + "/vectors").header("Accept: application/x-ndjson"),
            get(DOCS + "/vectors/a?include=values"),
            delete(DOCS + "/vectors/a"),
            post(DOCS + "/delete").json("{'filter':" + filter + ",'dry_run':true}"),
            post(DOCS + "/search").json("{'vectors':[[1,0],[0,1]],'k':2,'include':['values']}"),
            post(DOCS + "/search").json("{'id':'a','probes':2,'rerank':5,'min_score':-1}"),
            post(DOCS + "/recall").json("{'sample':2,'k':1}"),
            post(DOCS + "/finalize"),
            get("/v1/operations/0"),
            get("/v1/operations/0/events"),
            delete("/v1/operations/0"),
            get("/v1/estimate?count=1000&dimension=8&compression=compact"),
            delete(DOCS))
        .map(request -> request.key("ACME"));
  }

  private static Stream<RawRequest> administrators() {
    return Stream.of(
            get("/v1/admin/tenants?limit=5"),
            post("/v1/admin/tenants").json("{'tenant':'new','plan':'pro','limits':{'vectors':5}}"),
            put("/v1/admin/tenants/new").json("{'pod_url':'https://pod.example/a'}"),
            get("/v1/admin/tenants/acme"),
            delete("/v1/admin/tenants/new"),
            post("/v1/admin/keys")
                .json("{'tenant':'new','scopes':['read'],'expires_at':'2100-01-01T00:00:00Z'}"),
            get("/v1/admin/keys?tenant=acme"),
            delete("/v1/admin/keys/000000000000"),
            get("/v1/admin/snapshots?tenant=acme"),
            get("/v1/admin/snapshots/acme"),
            post("/v1/admin/snapshots/acme/verify"),
            post("/v1/admin/snapshots/new/restore").body("application/zip", "PK\3\4"),
            get("/v1/admin/stats"))
        .map(request -> request.key(Sites.ROOT));
  }

  @Test
  void requests_changedAtRandom_areNeverAnsweredWith500() throws IOException {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    LOG.addAppender(log);
    List<byte[]> requests = requests();
    Map<Integer, Integer> answers = new TreeMap<>();
    try (TestServer server =
        TestServer.onDisk(
            directory,
            "AUTH_MODE",
            "keys",
            "ADMIN_API_KEY",
            Sites.ROOT,
            "API_KEYS",
            "acme=ACME",
            "DURABILITY",
            "async")) {
      for (byte[] whole : requests) {
        assertNotEquals(500, send(server, whole));
      }
      for (int at = 0; at < REQUESTS; at++) {
        byte[] mutant = Mutation.of(requests, new SplittableRandom(SEED + at));
        int status = send(server, mutant);
        assertNotEquals(500, status, () -> "seed " + SEED + ": " + text(mutant));
        answers.merge(status, 1, Integer::sum);
        if (at % PROBE_EVERY == 0) {
          Sites.probe(server);
        }
      }
      Sites.probe(server);
    } finally {
      LOG.detachAppender(log);
    }
    print("%d changed requests (seed %d), by status: %s".formatted(REQUESTS, SEED, answers));
    assertTrue(answers.size() > 5, answers.toString());
    List<String> errors =
        List.copyOf(log.list).stream()
            .filter(line -> line.getLevel().isGreaterOrEqual(Level.ERROR))
            .map(ILoggingEvent::getFormattedMessage)
            .toList();
    assertEquals(List.of(), errors);
  }

  /**
   * Nothing more is sent after it: a body that is shorter than announced has an end all the same.
   */
  private static int send(TestServer server, byte[] request) throws IOException {
    try (Socket socket = Sites.open(server)) {
      Sites.write(socket, request);
      Sites.endWriting(socket);
      byte[] answer = Sites.rest(socket);
      return answer.length == 0 ? RawAnswer.NONE : RawAnswer.statusOf(answer);
    }
  }

  private static String text(byte[] request) {
    return new String(request, StandardCharsets.ISO_8859_1);
  }

  @SuppressWarnings("SystemOut") // read by whoever runs the tests
  private static void print(String line) {
    System.out.println("[fuzz] " + line);
  }
}
