package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.CollectionStats;
import io.memryx.VectorCollection;
import io.memryx.server.tenant.TenantId;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class UsageTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId GLOBEX = new TenantId("globex");

  private final Usage usage = new Usage();

  private static VectorCollection collection(Supplier<CollectionStats> stats) {
    return (VectorCollection)
        Proxy.newProxyInstance(
            UsageTest.class.getClassLoader(),
            new Class<?>[] {VectorCollection.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "name" -> "docs";
                  case "stats" -> stats.get();
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static CollectionStats stats(int vectors) {
    return new CollectionStats(
        vectors,
        vectors,
        0,
        CollectionStats.Index.NONE,
        new CollectionStats.Bytes(0, 0, 0, 0, 0, 0, vectors, 0),
        0);
  }

  @Test
  void update_again_countsACollectionOnce() {
    usage.update(ACME, collection(() -> stats(5)));
    usage.update(GLOBEX, collection(() -> stats(2)));
    usage.update(ACME, collection(() -> stats(7)));
    assertEquals(new Usage.Totals(9, 9, 9), usage.totals());
    usage.forget(ACME, "docs");
    usage.forget(ACME, "docs");
    assertEquals(new Usage.Totals(2, 2, 2), usage.totals());
  }

  @Test
  void update_whileACollectionIsAskedForItsFigures_othersGoOn() {
    VectorCollection slow =
        collection(
            () -> {
              var other =
                  CompletableFuture.supplyAsync(
                      () -> {
                        usage.update(GLOBEX, collection(() -> stats(2)));
                        return usage.totals().vectors();
                      });
              // Would wait for ever if the other tenant waited for this one.
              assertEquals(2, other.orTimeout(1, TimeUnit.MINUTES).join());
              return stats(5);
            });
    usage.update(ACME, slow);
    assertEquals(7, usage.totals().vectors());
  }
}
