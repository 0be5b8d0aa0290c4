package io.memryx.bench.http;

import io.memryx.bench.http.SoakClient.Request;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the tenants of a soak do. Whatever is deleted is added again by the same chore, under the
 * same ids: after each, a tenant has as many entries as before it. Thread-safe.
 */
final class SoakChores {
  private static final String VECTORS = "/v1/collections/default/vectors";
  private static final String SEARCH = "/v1/collections/default/search";
  private static final int DIFFERENT_VECTORS = 1_024;
  private static final int GROUPS = 10;

  /** Entries of one add, of one delete. */
  private static final int FEW = 20;

  /** Entries of an upload of lines. */
  private static final int MANY = 250;

  private static final int BATCH_QUERIES = 10;

  private final SoakClient client;
  private final List<String> keys;
  private final int entries;
  private final int dimension;

  /** In base64; entries and queries share them. */
  private final List<String> vectors = new ArrayList<>();

  private final Map<Chore, Long> done = new ConcurrentHashMap<>();

  /**
   * Prepares vectors.
   *
   * @param keys one of each tenant
   * @param entries of each tenant
   */
  SoakChores(
      SoakClient client, List<String> keys, int entries, int dimension, SplittableRandom random) {
    this.client = client;
    this.keys = List.copyOf(keys);
    this.entries = entries;
    this.dimension = dimension;
    for (int vector = 0; vector < DIFFERENT_VECTORS; vector++) {
      float[] components = new float[dimension];
      for (int at = 0; at < dimension; at++) {
        components[at] = (float) random.nextGaussian();
      }
      vectors.add('"' + Base64Vector.encode(components) + '"');
    }
  }

  /** A kind of work, and how often it comes up, in a hundred. */
  enum Chore {
    SEARCH(40),
    FILTERED_SEARCH(15),
    BATCH_SEARCH(5),
    ADD(15),
    DELETE_AND_ADD(10),
    GET(5),
    PAGE(3),
    STATS(3),
    UPLOAD_LINES(3),
    EXPORT_LINES(1);

    private final int percent;

    Chore(int percent) {
      this.percent = percent;
    }

    private static Chore drawn(SplittableRandom random) {
      int draw = random.nextInt(100);
      for (Chore chore : values()) {
        draw -= chore.percent;
        if (draw < 0) {
          return chore;
        }
      }
      throw new IllegalStateException("the shares of chores add up to less than 100");
    }
  }

  /** Adds all entries of all tenants, whose collections are made. */
  void fill(SplittableRandom random) throws InterruptedException {
    for (String key : keys) {
      String options = "{\"dimension\":%d}".formatted(dimension);
      client.call(
          201, new Request(key, "PUT", "/v1/collections/default", SoakClient.JSON, options));
      for (int from = 0; from < entries; from += MANY) {
        upload(key, from, Math.min(from + MANY, entries), random);
      }
    }
  }

  /** Does one, for one of the tenants. */
  void one(SplittableRandom random) throws InterruptedException {
    String key = keys.get(random.nextInt(keys.size()));
    Chore chore = Chore.drawn(random);
    switch (chore) {
      case SEARCH -> search(key, "\"vector\":%s,\"k\":10".formatted(vector(random)));
      case FILTERED_SEARCH -> {
        String filter = "{\"group\":{\"eq\":%d}}".formatted(random.nextInt(GROUPS));
        search(key, "\"vector\":%s,\"k\":10,\"filter\":%s".formatted(vector(random), filter));
      }
      case BATCH_SEARCH -> {
        List<String> batch = new ArrayList<>();
        for (int query = 0; query < BATCH_QUERIES; query++) {
          batch.add(vector(random));
        }
        search(key, "\"vectors\":[%s],\"k\":5".formatted(String.join(",", batch)));
      }
      case ADD -> {
        int from = random.nextInt(entries - FEW);
        add(key, from, from + FEW, random);
      }
      case DELETE_AND_ADD -> deleteAndAdd(key, random);
      case GET -> get(key, random);
      case PAGE ->
          client.call(200, Request.get(key, VECTORS + "?limit=50&filter=%7B%22group%22%3A3%7D"));
      case STATS -> client.call(200, Request.get(key, "/v1/collections/default/stats"));
      case UPLOAD_LINES -> {
        int from = random.nextInt(Math.max(1, entries - MANY));
        upload(key, from, Math.min(from + MANY, entries), random);
      }
      case EXPORT_LINES -> export(key);
    }
    done.merge(chore, 1L, Long::sum);
  }

  /** How often each was done. */
  Map<Chore, Long> done() {
    Map<Chore, Long> counts = new EnumMap<>(Chore.class);
    counts.putAll(done);
    return counts;
  }

  private String vector(SplittableRandom random) {
    return vectors.get(random.nextInt(vectors.size()));
  }

  private void search(String key, String members) throws InterruptedException {
    String answer = client.call(200, Request.post(key, SEARCH, "{" + members + "}"));
    if (answer.contains("\"results\":[]")) {
      client.fault("a search found nothing");
    }
  }

  private String entry(int id, SplittableRandom random) {
    return "{\"id\":\"e%d\",\"values\":%s,\"metadata\":{\"group\":%d,\"name\":\"entry %d\"}}"
        .formatted(id, vector(random), id % GROUPS, id);
  }

  private String entries(int from, int to, String between, SplittableRandom random) {
    List<String> texts = new ArrayList<>();
    for (int id = from; id < to; id++) {
      texts.add(entry(id, random));
    }
    return String.join(between, texts);
  }

  private void add(String key, int from, int to, SplittableRandom random)
      throws InterruptedException {
    String body = "{\"vectors\":[" + entries(from, to, ",", random) + "]}";
    client.call(200, Request.post(key, VECTORS, body));
  }

  private void upload(String key, int from, int to, SplittableRandom random)
      throws InterruptedException {
    String lines = entries(from, to, "\n", random) + "\n";
    client.call(200, new Request(key, "POST", VECTORS, SoakClient.LINES, lines));
  }

  private void deleteAndAdd(String key, SplittableRandom random) throws InterruptedException {
    int from = random.nextInt(entries - FEW);
    List<String> ids = new ArrayList<>();
    for (int id = from; id < from + FEW; id++) {
      ids.add("\"e" + id + '"');
    }
    String body = "{\"ids\":[" + String.join(",", ids) + "]}";
    client.call(200, Request.post(key, "/v1/collections/default/delete", body));
    add(key, from, from + FEW, random);
  }

  /** Of an id that no chore deletes: the last one. */
  private void get(String key, SplittableRandom random) throws InterruptedException {
    String include = random.nextBoolean() ? "values,metadata" : "metadata";
    String path = VECTORS + "/e%d?include=%s".formatted(entries - 1, include);
    client.call(200, Request.get(key, path));
  }

  private void export(String key) throws InterruptedException {
    long lines = client.call(200, Request.get(key, VECTORS), SoakClient.LINES).lines().count();
    // Others delete and add meanwhile, so that there is no exact number; but most are there.
    if (lines < entries / 2 || lines > entries) {
      client.fault("an export had %d lines of %d".formatted(lines, entries));
    }
  }
}
