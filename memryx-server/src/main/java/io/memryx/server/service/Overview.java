package io.memryx.server.service;

import io.memryx.persistence.StoreCondition;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.tenant.TenantId;
import java.util.List;

/** What the operator may see: figures of the whole server, nobody's data. Thread-safe. */
public final class Overview {
  private final TenantSpaces spaces;
  private final Usage usage;
  private final MemoryGuard memory;
  private final Builds builds;
  private final Readiness readiness;

  /** Looks at these parts. */
  public Overview(
      TenantSpaces spaces, Usage usage, MemoryGuard memory, Builds builds, Readiness readiness) {
    this.spaces = spaces;
    this.usage = usage;
    this.memory = memory;
    this.builds = builds;
    this.readiness = readiness;
  }

  /** Shows the figures among the meters. */
  public void register(ServerMeters meters) {
    meters.gauge("memryx.vectors", "Vectors held", () -> usage.totals().vectors());
    meters.gauge(
        "memryx.hot.buffer", "Vectors not yet in an index", () -> usage.totals().hotBuffer());
    meters.gauge("memryx.bytes", "Bytes that collections hold", () -> usage.totals().bytes());
    meters.gauge(
        "memryx.memory.used.percent",
        "Bytes that collections hold as a share of the largest heap",
        memory::usedPercent);
    meters.gauge("memryx.tenants", "Tenants that have data", spaces::count);
    meters.gauge("memryx.builds.waiting", "Builds at work or waiting", builds::underWay);
    meters.gauge(
        "memryx.storage.state",
        "0 sound, 1 degraded (an older snapshot had to serve), 2 full, 3 read-only",
        this::storageLevel);
    meters.gauge(
        "memryx.ready",
        "1 when calls are taken",
        () -> readiness.state().stage() == Readiness.Stage.READY ? 1 : 0);
  }

  private int storageLevel() {
    return switch (storage()) {
      case SOUND -> 0;
      case DEGRADED -> 1;
      case FULL -> 2;
      case READ_ONLY -> 3;
    };
  }

  /** How far the server is. */
  public Readiness.State readiness() {
    return readiness.state();
  }

  /** How the storage is. */
  public StoreCondition.State storage() {
    return spaces.condition().state();
  }

  /** What all collections hold. */
  public Usage.Totals totals() {
    return usage.totals();
  }

  /** What collections hold as a share of the largest heap, 0 to 100. */
  public double usedPercent() {
    return memory.usedPercent();
  }

  /** Number of builds at work or waiting. */
  public int buildsUnderWay() {
    return builds.underWay();
  }

  /** Every tenant that has data. */
  public List<TenantFigures> tenants() {
    return spaces.all().stream().map(space -> figures(space.tenant(), space.holdings())).toList();
  }

  private static TenantFigures figures(TenantId tenant, TenantSpace.Holdings holdings) {
    return new TenantFigures(
        tenant.value(), holdings.collections(), holdings.vectors(), holdings.bytes());
  }

  /**
   * The figures of one tenant.
   *
   * @param tenant its name
   * @param collections number of its collections
   * @param vectors entries in them
   * @param bytes memory of them
   */
  public record TenantFigures(String tenant, int collections, long vectors, long bytes) {}
}
