package io.memryx.internal.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.internal.build.BuildMonitor;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.GenerationCommit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Matches of a state that others have written to since. */
class MatchesTest {
  private static final CollectionOptions OPTIONS =
      new CollectionOptions(2, Metric.L2, Compression.LOSSLESS);
  private static final Filter EVEN = Filter.eq("even", "yes");

  private final MemoryAccount memory = MemoryAccount.unlimited();
  private final Contents contents =
      new Contents("test", Generation.empty(OPTIONS), 0, memory.newShare());
  private final Changes changes = new Changes(contents, ChangeLog.NONE);

  private void upsert(int from, int to, int add) {
    List<Entry> entries = new ArrayList<>();
    for (int i = from; i < to; i++) {
      boolean even = (i + add) % 2 == 0;
      entries.add(
          Entry.of("id-" + i, new float[] {i, 1}, Metadata.of("even", even ? "yes" : "no")));
    }
    var _ = changes.upsert(new EntryValidator("test", OPTIONS).encode(entries));
  }

  private void build() {
    CollectionState frozen = changes.freeze();
    BuildRequest request = BuildRequest.defaults();
    var builder = new GenerationBuilder(frozen, request, new BuildMonitor(request));
    Generation built = builder.build(GenerationCommit.NONE).generation();
    contents.publish(frozen, built, memory.newShare());
  }

  private void assertFollows(Matches earlier, int expected) {
    Matches now = earlier.asOf(contents.current());
    assertEquals(expected, now.count());
    assertEquals(expected, now.ids().size());
    assertEquals(expected, changes.delete(EVEN));
  }

  @Test
  void asOf_sameState_isTheSame() {
    upsert(0, 10, 0);
    Matches matches = Matches.of(contents.current(), EVEN);
    assertSame(matches, matches.asOf(contents.current()));
  }

  @Test
  void asOf_writesSince_countsThemInBothPlaces() {
    upsert(0, 10, 0);
    build();
    upsert(10, 20, 0);
    Matches matches = Matches.of(contents.current(), EVEN);
    assertEquals(10, matches.count());
    // Of the generation 0 and 2 become odd and 1 becomes even; of the hot buffer 12 goes, 20 comes.
    upsert(0, 3, 1);
    assertEquals(1, changes.delete(List.of("id-12")));
    upsert(20, 21, 0);
    assertFollows(matches, 9);
  }

  @Test
  void asOf_buildSince_looksThroughTheNewGeneration() {
    upsert(0, 10, 0);
    Matches matches = Matches.of(contents.current(), EVEN);
    build();
    upsert(10, 13, 0);
    assertFollows(matches, 7);
  }
}
