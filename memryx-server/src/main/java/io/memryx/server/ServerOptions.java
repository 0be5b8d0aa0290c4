package io.memryx.server;

import io.memryx.Limits;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.server.tenant.AuthMode;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.RegisteredKey;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the environment says about how to serve. Immutable; secrets are never part of its text.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for any free one
 * @param storagePath directory of the snapshots, or empty for memory only
 * @param durability when an add is to be on disk
 * @param fsyncIntervalMillis how late that may be with {@link Durability#ASYNC}
 * @param authMode who gets in
 * @param apiKeys registered keys of tenants
 * @param adminApiKey the administrator's key
 * @param metricsKey the key of the metrics
 * @param maxTenants tenants that may have data, and that may be registered
 * @param defaultPlan plan of tenants that were given none
 * @param maxRequestBytes largest body
 * @param maxConnections connections at one time
 * @param maxConnectionsPerAddress of one address on the internet
 * @param allowedHosts names that clients may call the server by; none for any
 * @param maxDimension largest dimension of a new collection
 * @param ramSafetyPercent share of the heap that collections may fill, 1 to 100
 * @param autoFinalizeVectors size of a hot buffer at which a finalize begins by itself, 0 for never
 * @param log what is logged, and how
 */
public record ServerOptions(
    String host,
    int port,
    Optional<Path> storagePath,
    Durability durability,
    int fsyncIntervalMillis,
    AuthMode authMode,
    List<RegisteredKey> apiKeys,
    Optional<String> adminApiKey,
    Optional<String> metricsKey,
    int maxTenants,
    Plan defaultPlan,
    long maxRequestBytes,
    int maxConnections,
    int maxConnectionsPerAddress,
    Set<String> allowedHosts,
    int maxDimension,
    int ramSafetyPercent,
    int autoFinalizeVectors,
    LogOptions log) {

  /** When an add is to be on disk. */
  public enum Durability {
    /** When it is answered. */
    FSYNC,
    /** A moment later. */
    ASYNC
  }

  private static final int DEFAULT_PORT = 8_080;
  private static final int MAX_PORT = 65_535;
  private static final int DEFAULT_FSYNC_INTERVAL_MILLIS = 100;
  private static final int MAX_FSYNC_INTERVAL_MILLIS = 60_000;
  private static final int DEFAULT_MAX_TENANTS = 10_000;

  /** A thousand vectors of 1,536 dimensions as decimal numbers are a third of that. */
  private static final long DEFAULT_MAX_REQUEST_BYTES = 64L << 20;

  private static final long MIN_REQUEST_BYTES = 1 << 10;
  private static final long MAX_REQUEST_BYTES = 1L << 30;

  /** Each takes a file descriptor and some 20 kB; systems often give a process 1,024 to 4,096. */
  private static final int DEFAULT_MAX_CONNECTIONS = 1_024;

  private static final int DEFAULT_MAX_CONNECTIONS_PER_ADDRESS = 64;
  private static final int MAX_CONNECTIONS = 1_000_000;
  private static final int DEFAULT_RAM_SAFETY_PERCENT = 85;

  /**
   * A hot buffer of 50,000 vectors is scanned in some milliseconds. A compact collection keeps the
   * lists that it was first built with: the more there was to find them on, the better they are.
   */
  private static final int DEFAULT_AUTO_FINALIZE_VECTORS = 50_000;

  private static final String LOOPBACK = "127.0.0.1";
  private static final String EVERYWHERE = "0.0.0.0";
  private static final String MASK = "***";

  /** Copies the list, and refuses a tenant's key that would also be the administrator's. */
  public ServerOptions {
    apiKeys = List.copyOf(apiKeys);
    allowedHosts = Set.copyOf(allowedHosts);
    for (RegisteredKey key : apiKeys) {
      if (adminApiKey.filter(key.key()::equals).isPresent()) {
        throw new OptionException(
            "ADMIN_API_KEY=***: tenant %s has the same key in API_KEYS: every key is one caller's"
                .formatted(key.tenant()));
      }
    }
  }

  /**
   * Reads the environment.
   *
   * @param isWritableDirectory tells whether a directory is there and can be written to
   * @throws OptionException naming the variable, the value and what is accepted
   */
  public static ServerOptions from(
      Map<String, String> environment, Predicate<Path> isWritableDirectory) {
    Environment variables = new Environment(environment);
    boolean portGiven = variables.text("PORT").isPresent();
    String host = variables.text("HOST").orElse(portGiven ? EVERYWHERE : LOOPBACK);
    boolean loopback = isLoopback(host);
    AuthMode authMode =
        variables.choice("AUTH_MODE", AuthMode.class, loopback ? AuthMode.OPEN : AuthMode.KEYS);
    boolean openAllowed = variables.truth("ALLOW_OPEN_AUTH", false);
    if (authMode == AuthMode.OPEN && !loopback && !openAllowed) {
      throw new OptionException(
          ("AUTH_MODE=open lets in whoever reaches %s: set AUTH_MODE=keys, or HOST=127.0.0.1, or"
                  + " ALLOW_OPEN_AUTH=true if everybody who reaches it may come in")
              .formatted(host));
    }
    return new ServerOptions(
        host,
        (int) variables.number("PORT", DEFAULT_PORT, 0, MAX_PORT),
        storagePath(variables, isWritableDirectory),
        variables.choice("DURABILITY", Durability.class, Durability.FSYNC),
        (int)
            variables.number(
                "FSYNC_INTERVAL_MS", DEFAULT_FSYNC_INTERVAL_MILLIS, 1, MAX_FSYNC_INTERVAL_MILLIS),
        authMode,
        variables.keys("API_KEYS"),
        variables.secret("ADMIN_API_KEY"),
        variables.secret("METRICS_KEY"),
        (int) variables.number("MAX_TENANTS", DEFAULT_MAX_TENANTS, 1, Integer.MAX_VALUE),
        variables.choice("DEFAULT_PLAN", Plan.class, Plan.UNLIMITED),
        variables.number(
            "MAX_REQUEST_BYTES", DEFAULT_MAX_REQUEST_BYTES, MIN_REQUEST_BYTES, MAX_REQUEST_BYTES),
        (int) variables.number("MAX_CONNECTIONS", DEFAULT_MAX_CONNECTIONS, 1, MAX_CONNECTIONS),
        (int)
            variables.number(
                "MAX_CONNECTIONS_PER_ADDRESS",
                DEFAULT_MAX_CONNECTIONS_PER_ADDRESS,
                1,
                MAX_CONNECTIONS),
        variables.hosts("ALLOWED_HOSTS"),
        (int) variables.number("MAX_DIMENSION", Limits.MAX_DIMENSION, 1, Limits.MAX_DIMENSION),
        (int) variables.number("RAM_SAFETY_PERCENT", DEFAULT_RAM_SAFETY_PERCENT, 1, 100),
        (int)
            variables.number(
                "AUTO_FINALIZE_VECTORS", DEFAULT_AUTO_FINALIZE_VECTORS, 0, Limits.MAX_ENTRIES),
        logOptions(variables));
  }

  private static LogOptions logOptions(Environment variables) {
    LogOptions usual = LogOptions.DEFAULT;
    return new LogOptions(
        variables.choice("LOG_FORMAT", LogOptions.Format.class, usual.format()),
        variables.choice("LOG_LEVEL", LogOptions.Level.class, usual.level()),
        variables.choice("ACCESS_LOG", LogOptions.Access.class, usual.access()));
  }

  private static Optional<Path> storagePath(
      Environment variables, Predicate<Path> isWritableDirectory) {
    if (!variables.truth("ENABLE_PERSISTENCE", true)) {
      return Optional.empty();
    }
    Optional<String> given =
        variables.text("STORAGE_PATH").or(() -> variables.text("RAILWAY_VOLUME_MOUNT_PATH"));
    if (given.isPresent()) {
      return given.map(Path::of);
    }
    Path volume = Path.of("/data");
    return Optional.of(isWritableDirectory.test(volume) ? volume : Path.of("data"));
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new OptionException(
          "HOST=%s is not an address of this machine: give 127.0.0.1, 0.0.0.0 or a name that resolves"
              .formatted(host));
    }
  }

  /** The same for the store. */
  DurabilityOptions durabilityOptions() {
    return switch (durability) {
      case FSYNC -> DurabilityOptions.fsync();
      case ASYNC -> DurabilityOptions.async(Duration.ofMillis(fsyncIntervalMillis));
    };
  }

  /** Whether nobody could get in but with keys that the server made. */
  boolean givesNoKey() {
    return authMode == AuthMode.KEYS && apiKeys.isEmpty() && adminApiKey.isEmpty();
  }

  /** Every option by the name of its variable, secrets masked. */
  Map<String, String> effective() {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("HOST", host);
    shown.put("PORT", Integer.toString(port));
    shown.put("ENABLE_PERSISTENCE", Boolean.toString(storagePath.isPresent()));
    storagePath.ifPresent(path -> shown.put("STORAGE_PATH", path.toString()));
    shown.put("DURABILITY", Environment.name(durability));
    shown.put("FSYNC_INTERVAL_MS", Integer.toString(fsyncIntervalMillis));
    shown.put("AUTH_MODE", Environment.name(authMode));
    shown.put("API_KEYS", apiKeys.toString());
    shown.put("ADMIN_API_KEY", adminApiKey.map(_ -> MASK).orElse("unset"));
    shown.put("METRICS_KEY", metricsKey.map(_ -> MASK).orElse("unset"));
    shown.put("MAX_TENANTS", Integer.toString(maxTenants));
    shown.put("DEFAULT_PLAN", Environment.name(defaultPlan));
    shown.put("MAX_REQUEST_BYTES", Long.toString(maxRequestBytes));
    shown.put("MAX_CONNECTIONS", Integer.toString(maxConnections));
    shown.put("MAX_CONNECTIONS_PER_ADDRESS", Integer.toString(maxConnectionsPerAddress));
    shown.put(
        "ALLOWED_HOSTS",
        allowedHosts.isEmpty() ? "any" : String.join(",", new TreeSet<>(allowedHosts)));
    shown.put("MAX_DIMENSION", Integer.toString(maxDimension));
    shown.put("RAM_SAFETY_PERCENT", Integer.toString(ramSafetyPercent));
    shown.put("AUTO_FINALIZE_VECTORS", Integer.toString(autoFinalizeVectors));
    shown.put("LOG_FORMAT", Environment.name(log.format()));
    shown.put("LOG_LEVEL", Environment.name(log.level()));
    shown.put("ACCESS_LOG", Environment.name(log.access()));
    return shown;
  }

  @Override
  public String toString() {
    return effective().toString();
  }
}
