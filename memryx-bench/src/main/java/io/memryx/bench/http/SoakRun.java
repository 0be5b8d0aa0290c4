package io.memryx.bench.http;

import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.http.SoakClient.Request;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.TableReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Tenants at work on a server for a while, at a rate, with what they have as large at the end as at
 * the beginning: so that what grows in the server is what it should have let go of. Used once.
 */
final class SoakRun {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int WORKERS = 8;
  private static final double WARM_UP_SHARE = 0.2;
  private static final double MOST_WARM_UP_SECONDS = 180;
  private static final Duration KEYS_EVERY = Duration.ofSeconds(1);

  /** Refusals are counted, and 20 a minute from one address are answered as they should be. */
  private static final int REVOKED_TRIED_EVERY = 5;

  private static final double MEGABYTE = 1e6;

  private final Launch launch;
  private final Terms terms;
  private final TableReport report;
  private final Progress progress;
  private final List<String> lines = new ArrayList<>();
  private final AtomicLong keysMade = new AtomicLong();
  private final AtomicInteger builds = new AtomicInteger();

  /** Held for reading by every call of a tenant, for writing while a reading is taken. */
  private final ReentrantReadWriteLock calm = new ReentrantReadWriteLock(true);

  private volatile boolean ended;

  /** What must not grow. Threads of pools end when they are idle, and their buffers with them. */
  private enum Measure {
    HEAP("heap after collection", "MB", 0),
    THREADS("threads", "", 1),
    DESCRIPTORS("open descriptors", "", 2),
    DIRECT("direct memory", "MB", 0.13);

    private final String what;
    private final String unit;

    /** In the unit; of direct memory eight buffers of 16 KiB. */
    private final double slack;

    Measure(String what, String unit, double slack) {
      this.what = what;
      this.unit = unit;
      this.slack = slack;
    }

    double of(ServerMeter.Held held) {
      return switch (this) {
        case HEAP -> held.heapBytes() / MEGABYTE;
        case THREADS -> held.threads();
        case DESCRIPTORS -> held.descriptors();
        case DIRECT -> held.directBytes() / MEGABYTE;
      };
    }
  }

  /**
   * How much of what.
   *
   * @param seconds in all, the warm-up included
   * @param finalizeSeconds from one finalize of all tenants to the next, which a reading follows
   * @param rate chores a second
   * @param tenants with a collection each
   * @param entries of each tenant
   * @param dimension of the vectors
   * @param seed of vectors and chores
   */
  record Terms(
      double seconds,
      double finalizeSeconds,
      double rate,
      int tenants,
      int entries,
      int dimension,
      long seed) {
    /** What of the beginning does not count: compilers and pools get what they need. */
    double warmUpSeconds() {
      return Math.min(MOST_WARM_UP_SECONDS, WARM_UP_SHARE * seconds);
    }
  }

  /**
   * What was found.
   *
   * @param failures why it does not please; empty if it does
   * @param readings all of them, in order, one a line
   */
  record Verdict(List<String> failures, List<String> readings) {
    Verdict {
      failures = List.copyOf(failures);
      readings = List.copyOf(readings);
    }

    boolean sound() {
      return failures.isEmpty();
    }
  }

  SoakRun(Launch launch, Terms terms, TableReport report, Progress progress) {
    this.launch = launch;
    this.terms = terms;
    this.report = report;
    this.progress = progress;
  }

  /** The administrator's key that the server must have been given. */
  static final String ADMINISTRATOR = "soak-administrator-0123456789";

  Verdict measure() throws IOException, InterruptedException {
    List<ServerMeter.Held> readings;
    SoakChores chores;
    Map<Integer, Long> statuses;
    Map<String, Long> faults;
    try (ServerProcess server = ServerProcess.start(launch);
        ServerClient probe = new ServerClient(server.address(), ADMINISTRATOR);
        SoakClient client = new SoakClient(server.address())) {
      server.awaitReady(probe);
      List<String> keys = keys(client);
      var random = new SplittableRandom(terms.seed());
      chores = new SoakChores(client, keys, terms.entries(), terms.dimension(), random);
      progress.stage("adding %d × %,d entries".formatted(terms.tenants(), terms.entries()));
      chores.fill(random);
      readings = soak(server, client, chores, keys, random);
      requireAllThere(client, keys);
      server.stop();
      statuses = client.statuses();
      faults = client.faults();
    }
    return report(readings, chores, statuses, faults);
  }

  private List<String> keys(SoakClient client) throws InterruptedException {
    List<String> keys = new ArrayList<>();
    for (int tenant = 0; tenant < terms.tenants(); tenant++) {
      String body = "{\"tenant\":\"%s\"}".formatted(name(tenant));
      client.call(201, Request.post(ADMINISTRATOR, "/v1/admin/tenants", body));
      keys.add(ServerAnswers.field(makeKey(client, tenant), "key"));
    }
    return keys;
  }

  private static String name(int tenant) {
    return "soak-" + tenant;
  }

  private static String makeKey(SoakClient client, int tenant) throws InterruptedException {
    String body = "{\"tenant\":\"%s\",\"scopes\":[\"read\",\"write\"]}".formatted(name(tenant));
    return client.call(201, Request.post(ADMINISTRATOR, "/v1/admin/keys", body));
  }

  /** The readings, in order, from the end of the warm-up on. */
  private List<ServerMeter.Held> soak(
      ServerProcess server,
      SoakClient client,
      SoakChores chores,
      List<String> keys,
      SplittableRandom random)
      throws IOException, InterruptedException {
    List<ServerMeter.Held> readings = new ArrayList<>();
    long begin = System.nanoTime();
    var arrivals = new Arrivals(begin, terms.rate(), terms.seconds());
    var next = new AtomicInteger();
    List<Future<?>> work = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(WORKERS + 1);
    try (ServerMeter meter = ServerMeter.at(server)) {
      for (int worker = 0; worker < WORKERS; worker++) {
        SplittableRandom own = random.split();
        work.add(threads.submit(() -> chores(chores, arrivals, next, own)));
      }
      work.add(threads.submit(() -> keysComeAndGo(client)));
      for (int round = 1; round * terms.finalizeSeconds() < terms.seconds(); round++) {
        awaitUntil(begin + nanos(round * terms.finalizeSeconds()));
        server.requireRunning();
        finalizeAll(client, keys);
        ServerMeter.Held held = reading(meter);
        double seconds = (System.nanoTime() - begin) / 1e9;
        lines.add(
            "%.1f\t%d\t%d\t%d\t%d"
                .formatted(
                    seconds,
                    held.heapBytes(),
                    held.threads(),
                    held.descriptors(),
                    held.directBytes()));
        progress.stage("%.0f s: %s".formatted(seconds, held));
        if (seconds >= terms.warmUpSeconds()) {
          readings.add(held);
        }
      }
    } finally {
      ended = true;
      threads.shutdown();
    }
    for (Future<?> one : work) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw new ServerRunException("the soak broke off: " + e.getCause(), e);
      }
    }
    return readings;
  }

  private Void chores(
      SoakChores chores, Arrivals arrivals, AtomicInteger next, SplittableRandom random)
      throws InterruptedException {
    while (!ended) {
      awaitUntil(arrivals.dueNanos(next.getAndIncrement()));
      calm.readLock().lock();
      try {
        chores.one(random);
      } finally {
        calm.readLock().unlock();
      }
    }
    return null;
  }

  private Void keysComeAndGo(SoakClient client) throws InterruptedException {
    while (!ended) {
      calm.readLock().lock();
      try {
        oneKey(client, keysMade.getAndIncrement());
      } finally {
        calm.readLock().unlock();
      }
      TimeUnit.NANOSECONDS.sleep(KEYS_EVERY.toNanos());
    }
    return null;
  }

  private void oneKey(SoakClient client, long number) throws InterruptedException {
    String made = makeKey(client, (int) (number % terms.tenants()));
    if (made.isEmpty()) {
      return;
    }
    String stats = "/v1/collections/default/stats";
    String key = ServerAnswers.field(made, "key");
    client.call(200, Request.get(key, stats));
    String path = "/v1/admin/keys/" + ServerAnswers.field(made, "key_id");
    client.call(204, new Request(ADMINISTRATOR, "DELETE", path, SoakClient.JSON, ""));
    if (number % REVOKED_TRIED_EVERY == 0) {
      client.call(401, Request.get(key, stats));
    }
  }

  /** Under load: other calls go on. */
  private void finalizeAll(SoakClient client, List<String> keys) throws InterruptedException {
    for (String key : keys) {
      String begun = client.call(202, Request.post(key, "/v1/collections/default/finalize", ""));
      if (!begun.isEmpty()) {
        awaitBuild(client, key, ServerAnswers.field(begun, "id"));
      }
    }
  }

  private void awaitBuild(SoakClient client, String key, String id) throws InterruptedException {
    String status = "running";
    while (status.equals("running")) {
      Thread.sleep(POLL);
      String answer = client.call(200, Request.get(key, "/v1/operations/" + id));
      status = answer.isEmpty() ? "lost" : ServerAnswers.field(answer, "status");
    }
    builds.incrementAndGet();
    if (!status.equals("succeeded")) {
      client.fault("a finalize ended as " + status);
    }
  }

  /** While nobody calls: what a request has for a moment is not what the server keeps. */
  private ServerMeter.Held reading(ServerMeter meter) {
    calm.writeLock().lock();
    try {
      return meter.held();
    } finally {
      calm.writeLock().unlock();
    }
  }

  private void requireAllThere(SoakClient client, List<String> keys) throws InterruptedException {
    for (String key : keys) {
      String stats = client.call(200, Request.get(key, "/v1/collections/default/stats"));
      String there = stats.isEmpty() ? "?" : ServerAnswers.field(stats, "vectors");
      if (!there.equals(Integer.toString(terms.entries()))) {
        client.fault(
            "a tenant has %s entries at the end, expected %d".formatted(there, terms.entries()));
      }
    }
  }

  private Verdict report(
      List<ServerMeter.Held> readings,
      SoakChores chores,
      Map<Integer, Long> statuses,
      Map<String, Long> faults) {
    List<String> failures = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      flat(failures, readings, measure);
    }
    report.add("readings", "after the warm-up", readings.size(), "");
    chores.done().forEach((chore, count) -> report.add("chores", chore.name(), count, ""));
    report.add("finalizes", "", builds.get(), "");
    report.add("keys", "made and revoked", (double) keysMade.get(), "");
    statuses.forEach(
        (status, count) -> {
          report.add("answers", Integer.toString(status), count, "");
          if (status < 0 || status >= 500) {
            failures.add("%d answers of %d, expected none".formatted(count, status));
          }
        });
    faults.forEach((fault, count) -> failures.add("%s (%d times)".formatted(fault, count)));
    return new Verdict(failures, lines);
  }

  private void flat(List<String> failures, List<ServerMeter.Held> readings, Measure measure) {
    Flatness flatness = Flatness.of(readings, measure::of);
    report.add(measure.what, "first third", flatness.first(), measure.unit);
    report.add(measure.what, "last third", flatness.last(), measure.unit);
    report.add(measure.what, "growth", flatness.percent(), "%");
    if (!flatness.flat(measure.slack)) {
      failures.add(
          "%s grew by %.2f %%, expected less than %.0f"
              .formatted(measure.what, flatness.percent(), Flatness.MOST_PERCENT));
    }
  }

  private static void awaitUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }
}
