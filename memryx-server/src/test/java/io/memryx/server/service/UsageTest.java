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
    return new CollectionStats(vectors, vectors, 0, CollectionStats.Index.NONE, bytes(vectors), 0);
  }

  private static CollectionStats.Bytes bytes(int vectors) {
    return new CollectionStats.Bytes(
        vectors, 2L * vectors, 3L * vectors, 4L * vectors, 5L * vectors, 6L * vectors, vectors, 8);
  }

  /** Of collections with so many vectors, each told of with marks of eight bytes. */
  private static Usage.Totals totals(int vectors, int collections) {
    CollectionStats.Bytes one = bytes(vectors);
    return new Usage.Totals(
        vectors,
        vectors,
        new CollectionStats.Bytes(
            one.codes(),
            one.routing(),
            one.originals(),
            one.ids(),
            one.metadata(),
            one.bitmaps(),
            one.hotBuffer(),
            8L * collections));
  }

  @Test
  void update_again_countsACollectionOnce() {
    usage.update(ACME, collection(() -> stats(5)));
    usage.update(GLOBEX, collection(() -> stats(2)));
    usage.update(ACME, collection(() -> stats(7)));
    assertEquals(totals(9, 2), usage.totals());
    usage.forget(ACME, "docs");
    usage.forget(ACME, "docs");
    assertEquals(totals(2, 1), usage.totals());
    assertEquals(2 * (1 + 2 + 3 + 4 + 5 + 6 + 1) + 8, usage.totals().bytes());
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
