package io.memryx.internal.metadata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Filter;
import io.memryx.Metadata;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every way to answer a filter gives what {@link Filter#matches} says of each entry. */
class FilterModelTest {
  private static final int SEEDS = 300;
  private static final int FILTERS = 60;

  @Test
  void anyFilter_byRowAndByIndexOfAnyBudget_passesWhatMatchesSays() {
    int undecided = 0;
    int decided = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      var random = new SplittableRandom(seed);
      var source = new RandomMetadata(seed);
      List<Metadata> entries =
          Stream.generate(source::metadata).limit(random.nextInt(100)).toList();
      EncodedRows rows = ListedRows.of(entries);
      long budget = random.nextInt(4) == 0 ? 1 << 20 : random.nextInt(3_000);
      MetadataIndex index = new MetadataIndex(rows, budget);
      for (int round = 0; round < FILTERS; round++) {
        Filter filter = source.filter(1);
        String what = "seed " + seed + ", budget " + budget + ", filter " + filter;
        int[] expected =
            IntStream.range(0, entries.size())
                .filter(row -> filter.matches(entries.get(row)))
                .toArray();
        var rowFilter = new RowFilter(filter);
        assertArrayEquals(
            expected,
            IntStream.range(0, entries.size())
                .filter(row -> rowFilter.matches(rows, row))
                .toArray(),
            what);
        Selection selection = index.select(filter);
        assertTrue(selection.atLeast() <= expected.length, what);
        assertTrue(selection.atMost() >= expected.length, what);
        assertEquals(expected.length, selection.rows().size(), what);
        assertArrayEquals(expected, selection.rows().toArray(), what);
        if (selection.atLeast() == selection.atMost()) {
          decided++;
        } else {
          undecided++;
        }
      }
    }
    // Neither way may have gone untested.
    assertTrue(decided > SEEDS * FILTERS / 10, "decided " + decided);
    assertTrue(undecided > SEEDS * FILTERS / 10, "undecided " + undecided);
  }
}
