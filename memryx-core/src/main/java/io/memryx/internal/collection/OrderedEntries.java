package io.memryx.internal.collection;

import static java.util.Objects.requireNonNull;

import io.memryx.Entry;
import io.memryx.Filter;
import io.memryx.PageRequest;
import io.memryx.internal.metadata.RowFilter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one state as rows that are numbered through: the ordinals of the generation first,
 * then the rows of each hot buffer. Their order is that of the ids' bytes, unsigned: for UTF-8 the
 * order of code points. Immutable.
 */
final class OrderedEntries {
  private final Generation generation;
  private final CollectionState state;
  private final int size;

  OrderedEntries(CollectionState state) {
    this.state = state;
    this.generation = state.generation();
    this.size = generation.size() + state.hot().stream().mapToInt(HotBuffer.View::size).sum();
  }

  /** The entries of a page: one pass over all ids, with a heap of those that the page may have. */
  List<Entry> page(PageRequest request) {
    IntPredicate passes = passing(request.filter());
    byte[] after = bytes(request.afterId());
    var page = new FirstRows(request.limit(), this::compare);
    for (int row = 0; row < size; row++) {
      if (isLive(row) && compare(row, after) > 0 && page.hasRoomFor(row) && passes.test(row)) {
        page.add(row);
      }
    }
    return IntStream.of(page.inOrder()).mapToObj(row -> entry(generation, row)).toList();
  }

  /** Every id is greater than no bytes at all. */
  private static byte[] bytes(@Nullable String id) {
    return id == null ? new byte[0] : id.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The live entries in order, those that pass a filter only if there is one; each is decoded when
   * the stream comes to it.
   */
  Stream<Entry> stream(@Nullable Filter filter) {
    int[] rows = live(passing(filter));
    RowSort.sort(rows, this::compare);
    if (!generation.isApproximate()) {
      return IntStream.of(rows).mapToObj(row -> entry(generation, row));
    }
    // Codes lie in the order of lists: one look at all of them takes less than a search for each.
    int[] positions = generation.positions();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = rows[i] < generation.size() ? positions[rows[i]] : rows[i];
    }
    EntryRows built = generation.inListOrder();
    return IntStream.of(rows).mapToObj(row -> entry(built, row));
  }

  private Entry entry(EntryRows built, int row) {
    return row < generation.size() ? built.entry(row) : inHotBuffer(row, HotBuffer.View::entry);
  }

  private int[] live(IntPredicate passes) {
    int[] rows = new int[state.liveSize()];
    int count = 0;
    for (int row = 0; row < size; row++) {
      if (isLive(row) && passes.test(row)) {
        rows[count++] = row;
      }
    }
    return count == rows.length ? rows : Arrays.copyOf(rows, count);
  }

  private IntPredicate passing(@Nullable Filter filter) {
    if (filter == null) {
      return row -> true;
    }
    var rowFilter = new RowFilter(filter);
    return row ->
        row < generation.size()
            ? rowFilter.matches(generation.metadata(), row)
            : inHotBuffer(row, rowFilter::matches);
  }

  private boolean isLive(int row) {
    return row < generation.size()
        ? !state.dead().contains(row)
        : inHotBuffer(row, (view, viewRow) -> !view.dead().contains(viewRow));
  }

  private int compare(int row, int otherRow) {
    if (otherRow >= generation.size()) {
      return compare(row, hotId(otherRow));
    }
    return row < generation.size()
        ? generation.ids().compare(row, otherRow)
        : -generation.ids().compare(otherRow, hotId(row));
  }

  private int compare(int row, byte[] id) {
    return row < generation.size()
        ? generation.ids().compare(row, id)
        : Arrays.compareUnsigned(hotId(row), id);
  }

  private byte[] hotId(int row) {
    return inHotBuffer(row, (view, viewRow) -> view.ids()[viewRow]);
  }

  private <T> T inHotBuffer(int row, HotRow<T> look) {
    int viewRow = row - generation.size();
    int index = 0;
    while (viewRow >= state.hot().get(index).size()) {
      viewRow -= state.hot().get(index++).size();
    }
    return requireNonNull(look.at(state.hot().get(index), viewRow));
  }

  /** What is looked up in a hot buffer. */
  @FunctionalInterface
  private interface HotRow<T> {
    T at(HotBuffer.View view, int row);
  }
}
