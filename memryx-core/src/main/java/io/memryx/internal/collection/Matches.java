package io.memryx.internal.collection;

import io.memryx.Filter;
import io.memryx.internal.ivf.MatchedPositions;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.metadata.MatchSet;
import io.memryx.internal.metadata.RowFilter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a state that pass a filter: in the hot buffers found by looking at each, in the
 * generation by its metadata index. Not thread-safe: one per call, or per batch of searches.
 */
final class Matches {
  private final CollectionState state;
  private final Filter filter;

  /** By hot buffer, the live rows that pass, rising. */
  private final List<int[]> hot;

  /** Rows of the metadata index, dead ones among them. */
  private final MatchSet built;

  /** The live ordinals of those, rising, once somebody asked for them. */
  private int @Nullable [] ordinals;

  private @Nullable MatchedPositions positions;

  private Matches(CollectionState state, Filter filter, List<int[]> hot, MatchSet built) {
    this.state = state;
    this.filter = filter;
    this.hot = hot;
    this.built = built;
  }

  static Matches of(CollectionState state, Filter filter) {
    MatchSet built = state.generation().metadataIndex().select(filter).rows();
    return new Matches(state, filter, hotMatches(state, filter), built);
  }

  /** The same of a later state; the generation is looked through again only if it is another. */
  // By reference on purpose: what was found is of that one generation, or that one state.
  @SuppressWarnings("ReferenceEquality")
  Matches asOf(CollectionState later) {
    if (later == state) {
      return this;
    }
    return later.generation() == state.generation()
        ? new Matches(later, filter, hotMatches(later, filter), built)
        : of(later, filter);
  }

  private static List<int[]> hotMatches(CollectionState state, Filter filter) {
    var rowFilter = new RowFilter(filter);
    return state.hot().stream().map(view -> matches(view, rowFilter)).toList();
  }

  private static int[] matches(HotBuffer.View view, RowFilter filter) {
    return IntStream.range(0, view.size())
        .filter(row -> !view.dead().contains(row) && filter.matches(view, row))
        .toArray();
  }

  /** The live rows of a hot buffer that pass, rising; not to be changed. */
  int[] hot(int buffer) {
    return hot.get(buffer);
  }

  /** Entries of the generation that pass, dead ones among them. */
  int builtAtMost() {
    return built.size();
  }

  /** Where those are in the lists, dead ones among them. */
  MatchedPositions positions() {
    MatchedPositions known = positions;
    if (known == null) {
      known = new MatchedPositions(built.toWords());
      positions = known;
    }
    return known;
  }

  /**
   * The live ordinals that pass, rising, so that vectors are read in the order they lie in; not to
   * be changed.
   */
  int[] ordinals() {
    int[] known = ordinals;
    if (known == null) {
      known = liveOrdinals();
      ordinals = known;
    }
    return known;
  }

  private int[] liveOrdinals() {
    RowSet dead = state.dead();
    int[] live =
        Arrays.stream(built.toArray())
            .map(state.generation()::ordinal)
            .filter(ordinal -> dead.size() == 0 || !dead.contains(ordinal))
            .toArray();
    Arrays.sort(live);
    return live;
  }

  /** How many live entries pass. */
  int count() {
    int hotCount = hot.stream().mapToInt(rows -> rows.length).sum();
    return hotCount + (state.dead().size() == 0 ? built.size() : ordinals().length);
  }

  /** How many live entries pass, or -1 where each would have to be looked at to know. */
  int countIfKnown() {
    boolean known = state.dead().size() == 0 || built.size() == 0 || ordinals != null;
    return known ? count() : -1;
  }

  /** The ids of all these, in UTF-8. */
  List<byte[]> ids() {
    Stream<byte[]> built = Arrays.stream(ordinals()).mapToObj(state.generation()::id);
    Stream<byte[]> inBuffers =
        IntStream.range(0, hot.size())
            .boxed()
            .flatMap(
                buffer -> Arrays.stream(hot.get(buffer)).mapToObj(state.hot().get(buffer)::id));
    return Stream.concat(built, inBuffers).toList();
  }
}
