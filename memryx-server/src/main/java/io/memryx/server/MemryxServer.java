package io.memryx.server;

import io.memryx.Memryx;
import io.memryx.MemryxException;
import io.memryx.persistence.FileSnapshotStore;
import io.memryx.persistence.SnapshotStore;
import io.memryx.server.http.AllowedHosts;
import io.memryx.server.http.ConnectionLimits;
import io.memryx.server.http.HttpOptions;
import io.memryx.server.http.HttpServer;
import io.memryx.server.http.Pace;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.service.Administration;
import io.memryx.server.service.AutomaticBuilds;
import io.memryx.server.service.Builds;
import io.memryx.server.service.Deletions;
import io.memryx.server.service.EntryReads;
import io.memryx.server.service.Idempotency;
import io.memryx.server.service.MemoryGuard;
import io.memryx.server.service.Overview;
import io.memryx.server.service.Readiness;
import io.memryx.server.service.Searches;
import io.memryx.server.service.Services;
import io.memryx.server.service.Storage;
import io.memryx.server.service.TenantBackups;
import io.memryx.server.service.TenantCollections;
import io.memryx.server.service.TenantMoves;
import io.memryx.server.service.TenantRegistry;
import io.memryx.server.service.TenantSpaces;
import io.memryx.server.service.Upserts;
import io.memryx.server.service.Usage;
import io.memryx.server.service.Version;
import io.memryx.server.service.Volume;
import io.memryx.server.tenant.ApiKey;
import io.memryx.server.tenant.Authenticator;
import io.memryx.server.tenant.Caller;
import io.memryx.server.tenant.IssuedKeys;
import io.memryx.server.tenant.KeyRing;
import io.memryx.server.tenant.Terms;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server: listens from the start, loads in the background, stops in order. */
public final class MemryxServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MemryxServer.class);

  /**
   * A decoded body takes two to three times its size; a quarter of the heap leaves room for that.
   */
  private static final int HEAP_SHARE_OF_BODIES = 4;

  /** For all that is waited for at the end; with closing the store, within what hosts allow. */
  private static final long STOP_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);

  /** Of that, for the calls under way to be answered. */
  private static final long DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1_200);

  /** Of that, for calls that were cut off to notice it. */
  private static final long CUT_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ServerOptions options;
  private final UnaryOperator<SnapshotStore> medium;
  private final Usage usage = new Usage();
  private final Readiness readiness = new Readiness();
  private final ServerMeters meters;
  private final TenantRegistry registry;
  private final TenantSpaces spaces;
  private final TenantBackups backups;
  private final Builds builds;
  private final TenantCollections collections;
  private final Upserts upserts;
  private final Services services;
  private final HttpServer http;
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();
  private volatile Optional<ApiKey> firstKey = Optional.empty();
  private int port;
  private boolean stopped;

  private MemryxServer(ServerOptions options, Surroundings surroundings) {
    this.options = options;
    this.medium = surroundings.medium();
    LongSupplier nanoClock = surroundings.nanoClock();
    int processors = Runtime.getRuntime().availableProcessors();
    meters = new ServerMeters();
    MemoryGuard memory =
        new MemoryGuard(usage, options.ramSafetyPercent(), Runtime.getRuntime().maxMemory());
    registry =
        new TenantRegistry(
            Terms.of(options.defaultPlan()), options.maxTenants(), InstantSource.system());
    spaces =
        new TenantSpaces(registry, options.maxTenants(), usage, InstantSource.system(), nanoClock);
    builds =
        new Builds(
            spaces,
            memory,
            usage,
            meters,
            nanoClock,
            InstantSource.system(),
            new AutomaticBuilds(options.autoFinalizeVectors()),
            processors);
    Idempotency idempotency = new Idempotency(nanoClock);
    collections = new TenantCollections(spaces, usage, idempotency, options.maxDimension());
    upserts =
        new Upserts(
            spaces,
            collections,
            memory,
            usage,
            builds,
            meters,
            options.maxDimension(),
            durability(),
            nanoClock);
    Overview overview =
        new Overview(spaces, usage, memory, builds, readiness, new Volume(options.storagePath()));
    overview.register(meters);
    KeyRing keys =
        new KeyRing(options.apiKeys(), options.adminApiKey().orElse(null), new SecureRandom());
    TenantMoves moves = new TenantMoves(registry, spaces, usage, idempotency);
    backups = new TenantBackups(options.storagePath(), spaces, moves, memory);
    services =
        new Services(
            collections,
            upserts,
            idempotency,
            new Deletions(collections, usage, meters),
            new EntryReads(collections),
            new Searches(collections, meters, nanoClock),
            builds,
            new Administration(registry, spaces, moves, options.apiKeys(), InstantSource.system()),
            backups,
            overview,
            readiness,
            meters);
    http =
        new HttpServer(
            new HttpOptions(
                options.host(),
                options.port(),
                options.maxRequestBytes(),
                Runtime.getRuntime().maxMemory() / HEAP_SHARE_OF_BODIES,
                memory::roomForRequests,
                processors,
                new ConnectionLimits(options.maxConnections(), options.maxConnectionsPerAddress()),
                new AllowedHosts(options.allowedHosts()),
                Pace.USUAL,
                options.metricsKey().orElse(null)),
            new Authenticator(
                options.authMode(), keys, issuedKeys(), InstantSource.system(), nanoClock),
            services,
            nanoClock);
  }

  /** An administrator's key that was made counts only as long as the environment gives none. */
  private IssuedKeys issuedKeys() {
    boolean given = options.adminApiKey().isPresent();
    return id ->
        registry.find(id).filter(key -> !given || !(key.caller() instanceof Caller.Administrator));
  }

  /**
   * Begins to listen and to load.
   *
   * @throws RuntimeException if the address can't be used
   */
  public static MemryxServer start(ServerOptions options) {
    return start(options, Surroundings.USUAL);
  }

  /**
   * What a server works with that its options don't say.
   *
   * @param medium makes what is written to and read from of the store in the directory
   * @param nanoClock what time is measured with
   */
  record Surroundings(UnaryOperator<SnapshotStore> medium, LongSupplier nanoClock) {
    static final Surroundings USUAL = new Surroundings(files -> files, System::nanoTime);
  }

  /** The same, for those who want to know what happens where a medium fails, or at what time. */
  static MemryxServer start(ServerOptions options, Surroundings surroundings) {
    MemryxServer server = new MemryxServer(options, surroundings);
    LOG.info("memryx {} on Java {}", Version.current(), Runtime.version());
    LOG.info("configuration: {}", options);
    // Asked for now, so that the choice is logged at the start and no search waits for it.
    LOG.debug("kernels: {}", Memryx.kernels());
    server.announceDurability();
    server.port = server.http.start();
    LOG.info("listening on http://{}:{}", options.host(), server.port);
    Thread loader = new Thread(server::load, "memryx-load");
    loader.setDaemon(true);
    loader.start();
    return server;
  }

  private void announceDurability() {
    if (options.storagePath().isEmpty()) {
      LOG.warn("Persistence disabled (vectors will be lost on restart)");
      return;
    }
    LOG.info(
        "Persistence enabled: storage_path={}",
        options.storagePath().get().toAbsolutePath().normalize());
    switch (options.durability()) {
      case FSYNC -> LOG.info("DURABILITY=fsync: what is answered is on the disk");
      case ASYNC ->
          LOG.info(
              "DURABILITY=async: what is answered is on the disk within {} ms; a power cut may take"
                  + " it until then",
              2 * options.fsyncIntervalMillis());
    }
  }

  /** How durable an add is when it is answered. */
  private String durability() {
    return options.storagePath().isEmpty() ? "none" : Environment.name(options.durability());
  }

  private void load() {
    try {
      if (options.storagePath().isEmpty()) {
        spaces.load(Storage.inMemory(), readiness, builds::beginForLog);
      } else {
        loadFrom(options.storagePath().get());
      }
      if (options.givesNoKey()) {
        firstKey = registry.makeFirstKey();
      }
      readiness.ready();
      LOG.info("ready");
      builds.beginAllDue();
      loaded.complete(null);
    } catch (MemryxException | OutOfMemoryError e) {
      LOG.error("Error loading snapshot: {}", whyNotLoaded(e));
      loaded.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      LOG.error("Error loading snapshot: {}", whyNotLoaded(e), e);
      loaded.completeExceptionally(e);
    }
  }

  /** Why nothing is served, for whoever reads the log. */
  static String whyNotLoaded(Throwable failure) {
    return switch (failure) {
      case MemryxException known -> String.valueOf(known.getMessage());
      case OutOfMemoryError _ ->
          "the heap of %d bytes is too small for it; raise it, as with JAVA_OPTS=-Xmx2g"
              .formatted(Runtime.getRuntime().maxMemory());
      default -> "an unexpected failure; please report it";
    };
  }

  private void loadFrom(Path directory) {
    LOG.info("Attempting to load existing snapshot from disk...");
    FileSnapshotStore files = FileSnapshotStore.open(directory, options.durabilityOptions());
    Storage storage = Storage.of(medium.apply(files));
    backups.removeLeftovers();
    spaces.load(storage, readiness, builds::beginForLog);
    if (spaces.count() == 0) {
      LOG.info("Snapshot file not found (a first run starts empty)");
    }
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /** Completed when everything is loaded; or with the reason, when that is not possible. */
  public CompletableFuture<Void> loaded() {
    return loaded.copy();
  }

  /** The administrator's key, if this start made one because nobody could have got in. */
  Optional<ApiKey> firstKey() {
    return firstKey;
  }

  /** What adds entries, for the program that holds this server. */
  Upserts upserts() {
    return upserts;
  }

  /** Which collections there are, for the program that holds this server. */
  TenantCollections collections() {
    return collections;
  }

  /** Everything that endpoints call. */
  Services services() {
    return services;
  }

  /** The builds, for the program that holds this server. */
  Builds builds() {
    return builds;
  }

  private void announceLosses() {
    long lost = usage.totals().vectors();
    if (lost > 0 && options.storagePath().isEmpty()) {
      LOG.warn("{} vectors are lost: persistence is disabled", lost);
    }
  }

  /** Stops in order: no new calls, a moment for those under way, then everything is closed. */
  @Override
  public synchronized void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    LOG.info("stopping: no new calls");
    long end = System.nanoTime() + STOP_NANOS;
    readiness.draining();
    builds.stop();
    drainCalls();
    cutCallsOff();
    endBuilds(Math.max(0, end - System.nanoTime()));
    announceLosses();
    spaces.close();
    meters.close();
    LOG.info("stopped");
  }

  private void drainCalls() {
    try {
      if (!http.drain(DRAIN_NANOS)) {
        LOG.warn("some calls were not answered in time; they are cut off");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void cutCallsOff() {
    try {
      if (!http.stop(CUT_OFF_NANOS)) {
        LOG.warn("some calls are still worked at; what they change from now on is refused");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** By now they had the time to drain to notice that they are not wanted. */
  private void endBuilds(long timeoutNanos) {
    try {
      if (!builds.awaitEnd(timeoutNanos)) {
        LOG.warn("a build did not end in time; the last snapshot stays valid");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    builds.close();
  }
}
