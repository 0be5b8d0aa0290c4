package io.memryx.server.exchange;

import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.VectorCollection;
import io.memryx.server.exchange.ExchangeException.Kind;
import io.memryx.server.http.EntryLines;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All entries of a collection, or those that pass a filter, as lines in order of id. */
public final class Export {
  private final OutputStream out;
  private final ProgressBar bar;
  private long entries;
  private long approximations;

  /** Writes to a stream, which stays the caller's to close. */
  public Export(OutputStream out, ProgressBar bar) {
    this.out = out;
    this.bar = bar;
  }

  /**
   * Exports a collection of this process, as of one moment.
   *
   * @return what was done, in one sentence
   */
  public String of(VectorCollection collection, @Nullable Filter filter) throws IOException {
    var lines = new EntryLines();
    int total = filter == null ? collection.size() : collection.count(filter);
    try (Stream<Entry> stream =
        filter == null ? collection.entries() : collection.entries(filter)) {
      for (Iterator<Entry> all = stream.iterator(); all.hasNext(); ) {
        Entry entry = all.next();
        out.write(lines.write(entry));
        entries++;
        approximations += entry.isApproximate() ? 1 : 0;
        bar.at("export", Math.min(1, (double) entries / Math.max(1, total)), entries);
      }
    } finally {
      bar.clear();
    }
    out.flush();
    return report()
        + (approximations == 0
            ? ""
            : String.format(
                Locale.ROOT,
                ", %,d of them approximations (\"approximate\": true)",
                approximations));
  }

  /**
   * Exports a collection of a server.
   *
   * @param filter in JSON, or null
   * @return what was done, in one sentence
   */
  public String of(RemoteServer server, String collection, @Nullable String filter)
      throws IOException, ExchangeException {
    String query =
        filter == null ? "" : "?filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8);
    String path = "/v1/collections/" + collection;
    RemoteServer.Answer view = server.call(server.request(path).GET().build());
    requireThere(view.status(), collection);
    int total = RemoteJson.number(view.json(), "vectors");
    HttpResponse<InputStream> response =
        server.open(
            server
                .request(path + "/vectors" + query)
                .header("Accept", RemoteServer.LINES)
                .GET()
                .build());
    try (InputStream body = response.body()) {
      requireThere(response.statusCode(), collection);
      copy(body, filter == null ? total : 0);
    } finally {
      bar.clear();
    }
    out.flush();
    return report();
  }

  private static void requireThere(int status, String collection) throws ExchangeException {
    if (status == 404) {
      throw new ExchangeException(
          Kind.USAGE, "there is no collection '%s' for this key".formatted(collection));
    }
  }

  /** As it comes: the server's lines are what this program writes too. */
  private void copy(InputStream body, int total) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      for (int i = 0; i < read; i++) {
        entries += buffer[i] == '\n' ? 1 : 0;
      }
      out.write(buffer, 0, read);
      bar.at("export", total == 0 ? Double.NaN : Math.min(1, (double) entries / total), entries);
    }
  }

  private String report() {
    return String.format(Locale.ROOT, "exported %,d entries", entries);
  }
}
