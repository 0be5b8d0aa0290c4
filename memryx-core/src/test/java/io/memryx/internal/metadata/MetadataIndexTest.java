package io.memryx.internal.metadata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Filter;
import io.memryx.Metadata;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.LongValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetadataIndexTest {
  private static final long AMPLE = 1 << 26;

  /** Those of {@link #numbered}. */
  private static final List<String> FIELDS = List.of("parity", "number", "name", "tags");

  private static EncodedRows rows(int count, IntFunction<Metadata> metadata) {
    return ListedRows.of(IntStream.range(0, count).mapToObj(metadata).toList());
  }

  private static void decides(MetadataIndex index, Filter filter, int... expected) {
    Selection selection = index.select(filter);
    assertEquals(expected.length, selection.atLeast(), filter.toString());
    assertEquals(expected.length, selection.atMost(), filter.toString());
    assertArrayEquals(expected, selection.rows().toArray(), filter.toString());
  }

  /** Whether a filter on a field is answered without looking at rows. */
  private static boolean covers(MetadataIndex index, String field) {
    Selection selection = index.select(Filter.exists(field));
    return selection.atLeast() == selection.atMost();
  }

  private static MetadataIndex prepared(EncodedRows rows, long budget) {
    var index = new MetadataIndex(rows, budget);
    index.prepare(FIELDS);
    return index;
  }

  private static long bytesOf(MetadataIndex index, String field) {
    long before = index.bytes();
    index.prepare(List.of(field));
    assertTrue(index.bytes() > before);
    return index.bytes();
  }

  private static Metadata numbered(int row) {
    return Metadata.builder()
        .put("parity", row % 2)
        .put("number", row)
        .put("name", "n%05d".formatted(row))
        .put("tags", List.of("t" + row % 3, "t" + row % 5, "all"))
        .build();
  }

  @Test
  void select_indexedFields_decidesWithoutLookingAtRows() {
    MetadataIndex index = new MetadataIndex(rows(1_000, MetadataIndexTest::numbered), AMPLE);
    decides(index, Filter.eq("number", 7), 7);
    decides(index, Filter.gte("number", 997.5), 998, 999);
    decides(index, Filter.lt("number", 2).or(Filter.gt("number", 998)), 0, 1, 999);
    decides(
        index, Filter.prefix("name", "n0099").and(Filter.ne("parity", 0)), 991, 993, 995, 997, 999);
    decides(index, Filter.in("name", "n00500", "n00003", "n1"), 3, 500);
    decides(index, Filter.lte("number", 6).and(Filter.contains("tags", "t0")), 0, 3, 5, 6);
    decides(index, Filter.contains("tags", "all").and(Filter.eq("number", 5)), 5);
    decides(index, Filter.eq("tags", "all"));
    assertEquals(500, index.select(Filter.eq("parity", 1)).rows().size());
    assertEquals(1_000, index.select(Filter.exists("parity")).rows().size());
  }

  @Test
  void select_fieldThatNoRowHas_isDecidedWithoutAnyIndex() {
    MetadataIndex index = new MetadataIndex(rows(10, MetadataIndexTest::numbered), 0);
    decides(index, Filter.eq("nowhere", 1));
    decides(index, Filter.missing("nowhere").and(Filter.exists("elsewhere")));
    assertEquals(10, index.select(Filter.missing("nowhere")).atLeast());
    assertTrue(covers(index, "nowhere"));
    assertFalse(covers(index, "number"));
  }

  @Test
  void select_oneOfTwoFieldsIndexed_looksOnlyAtRowsThatItLeaves() {
    MetadataIndex index = new MetadataIndex(rows(1_000, MetadataIndexTest::numbered), 4_000);
    assertTrue(covers(index, "parity"));
    assertFalse(covers(index, "name"));
    Selection selection = index.select(Filter.eq("parity", 1).and(Filter.prefix("name", "n0000")));
    assertEquals(0, selection.atLeast());
    assertEquals(500, selection.atMost());
    assertArrayEquals(new int[] {1, 3, 5, 7, 9}, selection.rows().toArray());
  }

  @Test
  void select_wholeArrays_areLookedAtAmongRowsWithArrays() {
    MetadataIndex index =
        new MetadataIndex(
            rows(
                100,
                row ->
                    row % 10 == 0
                        ? Metadata.builder()
                            .put("x", new ArrayValue(List.of(new LongValue(row))))
                            .build()
                        : Metadata.builder().put("x", row).build()),
            AMPLE);
    var wanted = new ArrayValue(List.of(new LongValue(20)));
    Selection selection = index.select(Filter.eq("x", wanted));
    assertEquals(10, selection.atMost());
    assertArrayEquals(new int[] {20}, selection.rows().toArray());
    assertArrayEquals(
        new int[] {20, 21},
        index.select(Filter.in("x", List.of(wanted, new LongValue(21)))).rows().toArray());
  }

  @Test
  void build_anyBudget_isKept_andTheSmallestFieldsAreIn() {
    EncodedRows rows = rows(1_000, MetadataIndexTest::numbered);
    long names = prepared(rows, 0).bytes();
    long all = prepared(rows, AMPLE).bytes() - names;
    for (long budget = 0; budget <= all; budget += 500) {
      assertTrue(prepared(rows, budget).bytes() - names <= budget, "budget " + budget);
    }
    MetadataIndex some = prepared(rows, all - 1);
    assertTrue(covers(some, "parity"));
    assertTrue(covers(some, "tags"));
    assertEquals(1, FIELDS.stream().filter(field -> !covers(some, field)).count());
    assertTrue(covers(some, "number") != covers(some, "name"));
  }

  @Test
  void build_longTexts_leaveTheirFieldOutHoweverLargeTheBudget() {
    EncodedRows rows =
        rows(
            50,
            row ->
                Metadata.builder()
                    .put("text", row == 40 ? "long ".repeat(200) : "short")
                    .put("lang", "en")
                    .build());
    MetadataIndex index = new MetadataIndex(rows, AMPLE);
    assertTrue(covers(index, "lang"));
    assertFalse(covers(index, "text"));
    assertArrayEquals(new int[] {40}, index.select(Filter.prefix("text", "long")).rows().toArray());
  }

  @Test
  void build_longArrayOfShortTags_isIndexed() {
    List<String> tags = IntStream.range(0, 300).mapToObj(tag -> "tag" + tag).toList();
    MetadataIndex index =
        new MetadataIndex(
            rows(3, row -> Metadata.builder().put("tags", tags.subList(row, 300)).build()), AMPLE);
    decides(index, Filter.contains("tags", "tag1"), 0, 1);
  }

  @Test
  void build_elementTwiceInAnArray_takesNoMoreThanOnce() {
    IntFunction<Metadata> once = row -> Metadata.builder().put("x", List.of("t" + row)).build();
    IntFunction<Metadata> twice =
        row -> Metadata.builder().put("x", List.of("t" + row, "t" + row)).build();
    assertEquals(
        bytesOf(new MetadataIndex(rows(100, once), AMPLE), "x"),
        bytesOf(new MetadataIndex(rows(100, twice), AMPLE), "x"));
    decides(new MetadataIndex(rows(100, twice), AMPLE), Filter.contains("x", "t42"), 42);
  }

  @Test
  void build_namesUsedAsData_areBoundedAndStillAnsweredExactly() {
    EncodedRows rows =
        rows(2_000, row -> Metadata.builder().put("common", row % 7).put("own" + row, row).build());
    MetadataIndex index = new MetadataIndex(rows, AMPLE);
    assertTrue(covers(index, "common"));
    assertFalse(covers(index, "own1999"));
    assertArrayEquals(new int[] {1_999}, index.select(Filter.exists("own1999")).rows().toArray());
    // Not all names are known, so this one could be there.
    assertFalse(covers(index, "nowhere"));
    assertEquals(0, index.select(Filter.exists("nowhere")).rows().size());
    String longName = "n".repeat(300);
    MetadataIndex other = new MetadataIndex(rows(3, row -> Metadata.of(longName, "x")), AMPLE);
    assertEquals(3, other.select(Filter.eq(longName, "x")).rows().size());
  }

  @Test
  void fields_areThoseAskedAbout_andNothingElseTakesMemory() {
    var index = new MetadataIndex(rows(1_000, MetadataIndexTest::numbered), AMPLE);
    assertEquals(0, index.bytes());
    assertEquals(Set.of(), index.fields());
    decides(index, Filter.eq("number", 7).or(Filter.eq("nowhere", 1)), 7);
    assertEquals(Set.of("number"), index.fields());
    long bytes = index.bytes();
    decides(index, Filter.eq("number", 8), 8);
    assertEquals(bytes, index.bytes());
    var next = new MetadataIndex(rows(1_000, MetadataIndexTest::numbered), AMPLE);
    next.prepare(index.fields());
    assertEquals(bytes, next.bytes());
  }

  @Test
  void select_fromManyThreadsAtOnce_agreesAndIndexesEachFieldOnce() throws Exception {
    EncodedRows rows = rows(3_000, MetadataIndexTest::numbered);
    long once = prepared(rows, AMPLE).bytes();
    for (int round = 0; round < 20; round++) {
      var index = new MetadataIndex(rows, AMPLE);
      int threads = 4;
      var start = new CyclicBarrier(threads);
      try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
        List<Future<?>> asked = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          int first = thread;
          asked.add(
              executor.submit(
                  () -> {
                    start.await();
                    for (int i = 0; i < FIELDS.size(); i++) {
                      String field = FIELDS.get((first + i) % FIELDS.size());
                      assertEquals(3_000, index.select(Filter.exists(field)).atLeast());
                    }
                    decides(index, Filter.eq("number", 7 + first), 7 + first);
                    return null;
                  }));
        }
        for (Future<?> each : asked) {
          each.get();
        }
      }
      assertEquals(once, index.bytes());
      assertEquals(Set.copyOf(FIELDS), index.fields());
    }
  }

  @Test
  void build_noRows_answersNothing() {
    MetadataIndex index = new MetadataIndex(rows(0, row -> Metadata.empty()), AMPLE);
    decides(index, Filter.missing("x"));
    decides(index, Filter.eq("x", 1));
  }

  @Test
  void build_hashesThatCollide_staysFastEnoughToEnd() {
    // "Aa" and "BB" have one hash, and so has every text made of them.
    List<String> texts = new ArrayList<>(List.of(""));
    for (int length = 0; length < 14; length++) {
      texts = texts.stream().flatMap(text -> List.of(text + "Aa", text + "BB").stream()).toList();
    }
    List<String> colliding = texts;
    MetadataIndex index =
        new MetadataIndex(
            rows(colliding.size(), row -> Metadata.of("x", colliding.get(row))), AMPLE);
    decides(index, Filter.eq("x", colliding.get(12_345)), 12_345);
  }

  @Test
  void select_arraysOfMoreElementsThanTheBudget_areNotCollectedButFound() {
    List<String> hundred = IntStream.range(0, 100).mapToObj(tag -> "t" + tag).toList();
    EncodedRows rows =
        rows(
            1_000,
            row ->
                Metadata.builder()
                    .put("tags", row < 500 ? hundred : hundred.subList(1, 9))
                    .build());
    assertTrue(covers(prepared(rows, 50_000), "tags"));
    MetadataIndex small = prepared(rows, 20_000);
    assertFalse(covers(small, "tags"));
    assertEquals(500, small.select(Filter.contains("tags", "t0")).rows().size());
  }
}
