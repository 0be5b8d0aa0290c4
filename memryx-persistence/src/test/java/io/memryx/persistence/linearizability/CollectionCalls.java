package io.memryx.persistence.linearizability;

import io.memryx.BuildCancelledException;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Memryx;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import java.util.List;
import java.util.stream.Collectors;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * The calls that threads make, on few ids, so that they meet. An entry's only component of interest
 * is a small number, which is also what it scores. A fresh one for every run.
 */
@Param(name = "id", gen = IntGen.class, conf = "1:3")
@Param(name = "value", gen = IntGen.class, conf = "1:4")
public class CollectionCalls {
  private static final String NAME = "calls";
  private static final float[] QUERY = {1, 0};
  private static final Filter EVEN = Filter.eq("even", true);

  private final VectorStore store = Memryx.inMemory();
  private final VectorCollection collection =
      store.collection(NAME, new CollectionOptions(2, Metric.DOT, Compression.COMPACT));

  /** Number of entries that were new. */
  @Operation
  public int upsert(@Param(name = "id") int id, @Param(name = "value") int value) {
    return collection.upsert(List.of(entry(id, value))).added();
  }

  /** Number of entries that were new, of two in one batch. */
  @Operation
  public int upsertTwo(@Param(name = "id") int id, @Param(name = "value") int value) {
    return collection.upsert(List.of(entry(id, value), entry(id + 1, value))).added();
  }

  private static Entry entry(int id, int value) {
    Metadata metadata = Metadata.builder().put("even", value % 2 == 0).build();
    return Entry.of("id" + id, new float[] {value, 1}, metadata);
  }

  @Operation
  public int delete(@Param(name = "id") int id) {
    return collection.delete(List.of("id" + id));
  }

  @Operation
  public int deleteEven() {
    return collection.delete(EVEN);
  }

  /** The value of an id, or -1. */
  @Operation
  public int get(@Param(name = "id") int id) {
    return collection.get("id" + id).map(entry -> (int) entry.component(0)).orElse(-1);
  }

  @Operation
  public boolean contains(@Param(name = "id") int id) {
    return collection.contains("id" + id);
  }

  @Operation
  public int size() {
    return collection.size();
  }

  @Operation
  public int countEven() {
    return collection.count(EVEN);
  }

  /** Everything there is, best first. */
  @Operation
  public String search() {
    return neighbors(SearchRequest.of(QUERY, 10));
  }

  @Operation
  public String searchEven() {
    return neighbors(SearchRequest.of(QUERY, 10).withFilter(EVEN));
  }

  private String neighbors(SearchRequest request) {
    return collection.search(request).neighbors().stream()
        .map(neighbor -> neighbor.id() + "=" + (int) neighbor.score())
        .collect(Collectors.joining(" "));
  }

  /** Whether there was still a collection to build. */
  boolean tryBuild() {
    try {
      collection.build(BuildRequest.defaults());
      return true;
    } catch (BuildCancelledException | IllegalStateException _) {
      return false;
    }
  }

  /** Whether there was a collection to drop. */
  boolean tryDrop() {
    return store.drop(NAME);
  }
}
