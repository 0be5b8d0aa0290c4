package io.memryx.server.exchange;

import io.memryx.BuildProgress;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.server.exchange.ExchangeException.Kind;
import io.memryx.server.http.EntryLines;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A collection of a server: every batch is one request of lines, under a key of its own, so that
 * one whose answer was lost can be sent again.
 */
public final class ServerTarget implements EntryTarget {
  private final RemoteServer server;
  private final OptionsWanted wanted;
  private final String run;
  private final EntryLines lines = new EntryLines();
  private int batches;

  /**
   * Into a server, whose client stays the caller's to close.
   *
   * @param run names this import among all
   */
  public ServerTarget(RemoteServer server, OptionsWanted wanted, String run) {
    this.server = server;
    this.wanted = wanted;
    this.run = run;
  }

  private String path() {
    return "/v1/collections/" + wanted.name();
  }

  @Override
  public void begin(int dimension) throws ExchangeException {
    RemoteServer.Answer there = server.call(server.request(path()).GET().build());
    if (there.isMissing()) {
      create(wanted.of(dimension));
    } else {
      wanted.require(options(there.json()));
    }
  }

  private void create(CollectionOptions options) throws ExchangeException {
    String body =
        "{\"dimension\":%d,\"metric\":\"%s\",\"compression\":\"%s\"}"
            .formatted(
                options.dimension(),
                OptionsWanted.lower(options.metric()),
                OptionsWanted.lower(options.compression()));
    RemoteServer.Answer made =
        server.call(
            server
                .request(path())
                .header("Content-Type", "application/json")
                .PUT(RemoteServer.body(body))
                .build());
    requireThere(made);
  }

  private static void requireThere(RemoteServer.Answer answer) throws ExchangeException {
    if (answer.isMissing()) {
      throw new ExchangeException(
          Kind.SERVER, "the server has no such path: is this address a Memryx server?");
    }
  }

  private static CollectionOptions options(Map<String, Object> view) throws ExchangeException {
    try {
      return new CollectionOptions(
          RemoteJson.number(view, "dimension"),
          Metric.valueOf(upper(view, "metric")),
          Compression.valueOf(upper(view, "compression")));
    } catch (IllegalArgumentException e) {
      throw new ExchangeException(
          Kind.SERVER, "the server describes a collection that this version does not know");
    }
  }

  private static String upper(Map<String, Object> view, String name) {
    return String.valueOf(view.get(name)).toUpperCase(Locale.ROOT);
  }

  @Override
  public Taken take(List<Candidate.Found> batch, OnError onError) throws ExchangeException {
    String query =
        switch (onError) {
          case FAIL -> "";
          case SKIP -> "?on_error=skip";
        };
    HttpRequest request =
        server
            .request(path() + "/vectors" + query)
            .header("Content-Type", RemoteServer.LINES)
            .header("Idempotency-Key", run + "-" + batches++)
            .POST(BodyPublishers.ofByteArray(body(batch)))
            .build();
    RemoteServer.Answer answer;
    try {
      answer = server.call(request);
    } catch (ExchangeException e) {
      int position = e.position().orElse(batch.size());
      throw e.at(
          position < batch.size()
              ? batch.get(position).place()
              : "of the %,d entries from %s on".formatted(batch.size(), batch.getFirst().place()));
    }
    requireThere(answer);
    return taken(batch, answer.json());
  }

  private byte[] body(List<Candidate.Found> batch) {
    var body = new ByteArrayOutputStream();
    for (Candidate.Found each : batch) {
      body.writeBytes(lines.write(each.entry()));
    }
    return body.toByteArray();
  }

  private static Taken taken(List<Candidate.Found> batch, Map<String, Object> answer) {
    List<Candidate.Faulty> refused = new ArrayList<>();
    for (Map<?, ?> each : RemoteJson.objects(answer, "rejected")) {
      String place =
          each.get("index") instanceof Long index && index >= 0 && index < batch.size()
              ? batch.get(index.intValue()).place()
              : "id " + each.get("id");
      refused.add(new Candidate.Faulty(place, String.valueOf(each.get("detail"))));
    }
    return new Taken(
        RemoteJson.number(answer, "upserted"), RemoteJson.number(answer, "replaced"), refused);
  }

  /** Building is left to the server's owner: it takes its memory. */
  @Override
  public String finish(Consumer<BuildProgress> progress) {
    return "searchable now; POST %s/finalize builds the index".formatted(path());
  }
}
