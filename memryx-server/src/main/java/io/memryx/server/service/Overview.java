package io.memryx.server.service;

import io.memryx.CollectionStats;
import io.memryx.Memryx;
import io.memryx.persistence.StoreCondition;
import io.memryx.server.metrics.Figure;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What the operator may see: figures of the whole server, nobody's data. Thread-safe. */
public final class Overview {
  private final TenantSpaces spaces;
  private final Usage usage;
  private final MemoryGuard memory;
  private final Builds builds;
  private final Readiness readiness;
  private final Volume volume;

  /** Looks at these parts. */
  public Overview(
      TenantSpaces spaces,
      Usage usage,
      MemoryGuard memory,
      Builds builds,
      Readiness readiness,
      Volume volume) {
    this.spaces = spaces;
    this.usage = usage;
    this.memory = memory;
    this.builds = builds;
    this.readiness = readiness;
    this.volume = volume;
  }

  /** Shows the figures among the meters. */
  public void register(ServerMeters meters) {
    figures().forEach(meters::show);
    components().forEach(meters::show);
    meters.showForces(spaces::logForces);
  }

  private List<Figure> figures() {
    return List.of(
        Figure.of("memryx.vectors", "Vectors held", () -> usage.totals().vectors()),
        Figure.of(
            "memryx.hot.buffer", "Vectors not yet in an index", () -> usage.totals().hotBuffer()),
        Figure.of("memryx.bytes", "Bytes that collections hold", () -> usage.totals().bytes()),
        Figure.of(
            "memryx.memory.used.percent",
            "Bytes that collections hold as a share of the largest heap",
            memory::usedPercent),
        Figure.of("memryx.tenants", "Tenants that have data", spaces::count),
        Figure.of("memryx.builds.waiting", "Builds at work or waiting", builds::underWay),
        Figure.of(
            "memryx.builds.stalled",
            "Builds at work in which nothing was done for long",
            builds::stalled),
        Figure.of(
            "memryx.storage.state",
            "0 sound, 1 degraded (an older snapshot had to serve), 2 full, 3 read-only",
            this::storageLevel),
        Figure.of("memryx.storage.free.bytes", "Space left on the volume", volume::free),
        Figure.of("memryx.storage.total.bytes", "Space of the volume in all", volume::total),
        Figure.of(
            "memryx.ready",
            "1 when calls are taken",
            () -> readiness.state().stage() == Readiness.Stage.READY ? 1 : 0),
        new Figure(
            "memryx.info",
            Map.of(
                "version", Version.current(),
                "java", Runtime.version().toString(),
                "kernels", Memryx.kernels()),
            "1; what runs is in the labels",
            () -> 1));
  }

  private List<Figure> components() {
    return List.of(
        component("codes", CollectionStats.Bytes::codes),
        component("routing", CollectionStats.Bytes::routing),
        component("originals", CollectionStats.Bytes::originals),
        component("ids", CollectionStats.Bytes::ids),
        component("metadata", CollectionStats.Bytes::metadata),
        component("bitmaps", CollectionStats.Bytes::bitmaps),
        component("hot_buffer", CollectionStats.Bytes::hotBuffer),
        component("tombstones", CollectionStats.Bytes::tombstones));
  }

  private Figure component(String name, ToLongFunction<CollectionStats.Bytes> bytes) {
    return new Figure(
        "memryx.component.bytes",
        Map.of("component", name),
        "Bytes that collections hold, by component as in stats",
        () -> bytes.applyAsLong(usage.totals().components()));
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
