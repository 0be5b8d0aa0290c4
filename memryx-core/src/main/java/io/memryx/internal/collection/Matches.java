package io.memryx.internal.collection;

import io.memryx.Filter;
import io.memryx.internal.ivf.MatchedPositions;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.metadata.MatchSet;
import io.memryx.internal.metadata.RowFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a state that pass a filter: in the hot buffers found by looking at each, in the
 * generation by its metadata index. Not thread-safe: one per call, or per batch of searches.
 */
final class Matches {
  private final CollectionState state;

  /** By hot buffer, the live rows that pass, rising. */
  private final List<int[]> hot;

  /** Rows of the metadata index, dead ones among them. */
  private final MatchSet built;

  /** The live ordinals of those, rising, once somebody asked for them. */
  private int @Nullable [] ordinals;

  private @Nullable MatchedPositions positions;

  private Matches(CollectionState state, List<int[]> hot, MatchSet built) {
    this.state = state;
    this.hot = hot;
    this.built = built;
  }

  static Matches of(CollectionState state, Filter filter) {
    var rowFilter = new RowFilter(filter);
    List<int[]> hot = state.hot().stream().map(view -> matches(view, rowFilter)).toList();
    return new Matches(state, hot, state.generation().metadataIndex().select(filter).rows());
  }

  private static int[] matches(HotBuffer.View view, RowFilter filter) {
    return IntStream.range(0, view.size())
        .filter(row -> !view.dead().contains(row) && filter.matches(view, row))
        .toArray();
  }

  /** The state that these are entries of. */
  CollectionState state() {
    return state;
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

  /** The state in which all these are dead. */
  CollectionState deleted() {
    var views = new ArrayList<HotBuffer.View>();
    for (int i = 0; i < hot.size(); i++) {
      views.add(state.hot().get(i).withDead(hot.get(i)));
    }
    return new CollectionState(state.generation(), state.dead().with(ordinals()), views);
  }
}
