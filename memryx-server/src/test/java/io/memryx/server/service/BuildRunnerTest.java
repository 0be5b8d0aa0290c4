package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Memryx;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.server.log.Subject;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.PlanLimits;
import io.memryx.server.tenant.TenantId;
import io.memryx.server.tenant.Terms;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BuildRunnerTest {
  private static final TenantId ACME = new TenantId("acme");

  /** One that has no memory for anything that it is asked. */
  private static VectorCollection starved(CollectionOptions options) {
    return (VectorCollection)
        Proxy.newProxyInstance(
            VectorCollection.class.getClassLoader(),
            new Class<?>[] {VectorCollection.class},
            (_, method, _) -> {
              if (method.getName().equals("options")) {
                return options;
              }
              throw new OutOfMemoryError("Java heap space");
            });
  }

  /** A build that stayed under way would refuse every later one of its collection. */
  @Test
  void build_noMemoryBeforeItBegins_endsAsFailed() throws InterruptedException {
    CollectionOptions options = CollectionOptions.of(2);
    ServerMeters meters = new ServerMeters();
    Usage usage = new Usage();
    try (VectorStore store = Memryx.inMemory();
        BuildRunner runner =
            new BuildRunner(
                new MemoryGuard(usage, 85, 1L << 30), usage, meters, System::nanoTime, 1)) {
      CollectionStats stats = store.collection("docs", options).stats();
      var limits =
          new PlanLimits(() -> Terms.of(Plan.UNLIMITED), InstantSource.system(), System::nanoTime);
      Build build =
          new Build(
              "a",
              "docs",
              Build.Cause.ASKED,
              stats,
              new Build.Clocks(System::nanoTime, InstantSource.system()));
      runner.enter(
          new BuildRunner.Task(
              new TenantSpace(ACME, store, limits),
              starved(options),
              build,
              Optional.empty(),
              Subject.ofTenant(ACME.value())),
          stats);
      build.awaitEnd();
      assertEquals(BuildStatus.State.FAILED, build.status().state());
      BuildStatus.Failure failure = build.status().failure();
      assertNotNull(failure);
      assertEquals(ProblemCode.INTERNAL, failure.code());
    }
  }
}
