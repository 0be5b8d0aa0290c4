package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
  private static final int DIMENSION = 8;
  private static final Filter SMALL = Filter.lt("number", 1_000);

  private static final Comparator<String> BY_BYTES =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private final RandomVectors random = new RandomVectors(3, DIMENSION, 20);
  private final TreeMap<String, Entry> model = new TreeMap<>(BY_BYTES);

  private static VectorCollection empty(Compression compression) {
    return Memryx.inMemory()
        .collection("pages", CollectionOptions.of(DIMENSION).withCompression(compression));
  }

  private void upsert(VectorCollection collection, List<Entry> entries) {
    collection.upsert(entries);
    entries.forEach(entry -> model.put(entry.id(), entry));
  }

  private void delete(VectorCollection collection, String... ids) {
    assertEquals(ids.length, collection.delete(List.of(ids)));
    model.keySet().removeAll(List.of(ids));
  }

  /** A generation and a hot buffer, with replaced and deleted entries in both. */
  private VectorCollection mixed(int built) {
    VectorCollection collection = empty(Compression.LOSSLESS);
    upsert(collection, random.entries(0, built));
    collection.build(BuildRequest.defaults());
    upsert(collection, random.entries(built - 100, 400));
    delete(collection, "7", "" + (built - 50), "" + (built + 200));
    return collection;
  }

  private static List<Entry> allPages(VectorCollection collection, PageRequest first) {
    var all = new ArrayList<Entry>();
    List<Entry> page = collection.page(first);
    while (!page.isEmpty()) {
      assertTrue(page.size() <= first.limit());
      all.addAll(page);
      page = collection.page(first.after(page.getLast().id()));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 4_500})
  void page_oneAfterTheOther_givesEveryEntryInOrderOfId(int built) {
    VectorCollection collection = mixed(built);
    List<Entry> expected = List.copyOf(model.values());
    assertEquals(expected, allPages(collection, PageRequest.first(97)));
    assertEquals(expected, allPages(collection, PageRequest.first(Limits.MAX_PAGE)));
    assertEquals(expected, collection.entries().toList());
  }

  @Test
  void page_filtered_givesThoseThatPassInOrderOfId() {
    VectorCollection collection = mixed(4_500);
    List<Entry> expected =
        model.values().stream().filter(entry -> SMALL.matches(entry.metadata())).toList();
    assertEquals(expected, allPages(collection, PageRequest.first(83).withFilter(SMALL)));
    assertEquals(expected, collection.entries(SMALL).toList());
    assertEquals(expected, collection.entries(SMALL).parallel().toList());
  }

  @Test
  void page_afterAnIdThatIsNotThere_beginsWithTheNext() {
    VectorCollection collection = empty(Compression.COMPACT);
    upsert(collection, random.entries(10, 10));
    assertEquals("15", collection.page(PageRequest.first(1).after("14x")).getFirst().id());
    assertEquals("10", collection.page(PageRequest.first(1).after("")).getFirst().id());
    assertEquals(List.of(), collection.page(PageRequest.first(1).after("19")));
  }

  @Test
  void page_idsBeyondTheBasicPlane_comeInOrderOfCodePoint() {
    VectorCollection collection = empty(Compression.COMPACT);
    // As UTF-16 the emoji would come before the last one.
    for (String id : List.of("\uFFFD", "😀", "é", "z", "Z")) {
      upsert(collection, List.of(Entry.of(id, random.next())));
    }
    List<String> expected = List.of("Z", "z", "é", "\uFFFD", "😀");
    assertEquals(expected, collection.entries().map(Entry::id).toList());
    assertEquals(
        expected, allPages(collection, PageRequest.first(1)).stream().map(Entry::id).toList());
  }

  @Test
  void page_emptyCollection_isEmpty() {
    VectorCollection collection = empty(Compression.COMPACT);
    assertEquals(List.of(), collection.page(PageRequest.first(10)));
    assertEquals(0, collection.entries().count());
  }

  @Test
  void entries_collectionChangesMeanwhile_stayThoseOfTheCall() {
    VectorCollection collection = mixed(4_500);
    List<Entry> expected = List.copyOf(model.values());
    Stream<Entry> entries = collection.entries();
    upsert(collection, random.entries(0, 6_000));
    delete(collection, "11");
    collection.build(BuildRequest.defaults());
    assertEquals(expected, entries.toList());
    assertEquals(List.copyOf(model.values()), collection.entries().toList());
  }

  @Test
  void entries_streamEndedEarly_readsNoFurther() {
    VectorCollection collection = mixed(500);
    assertEquals(model.values().stream().limit(3).toList(), collection.entries().limit(3).toList());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void entries_builtIndex_areMarkedWhereOnlyCodesAreKept(Compression compression) {
    VectorCollection collection = empty(compression);
    upsert(collection, random.entries(0, 4_500));
    assertTrue(collection.entries().noneMatch(Entry::isApproximate));
    collection.build(BuildRequest.defaults());
    upsert(collection, random.entries(9_000, 1));
    boolean approximate = compression != Compression.LOSSLESS;
    collection
        .entries()
        .filter(entry -> !entry.id().equals("9000"))
        .forEach(entry -> assertEquals(approximate, entry.isApproximate(), entry.id()));
    assertEquals(approximate, collection.get("12").orElseThrow().isApproximate());
    assertEquals(approximate, collection.page(PageRequest.first(1)).getFirst().isApproximate());
    assertFalse(collection.get("9000").orElseThrow().isApproximate());
    collection
        .entries()
        .forEach(entry -> assertEquals(entry, collection.get(entry.id()).orElseThrow()));
    assertEquals(
        collection.entries().toList(),
        allPages(collection, PageRequest.first(1_000)),
        "pages and stream give the same approximations");
  }

  @Test
  void upsert_approximateEntry_isTakenAsItIs() {
    VectorCollection collection = empty(Compression.LOSSLESS);
    Entry entry = Entry.of("a", random.next());
    collection.upsert(List.of(entry.asApproximation()));
    assertEquals(entry, collection.get("a").orElseThrow());
  }

  @Test
  void pageRequest_limitOutOfRange_isRefused() {
    for (int limit : new int[] {-1, 0, Limits.MAX_PAGE + 1}) {
      ValidationException refusal =
          assertThrows(ValidationException.class, () -> PageRequest.first(limit));
      assertTrue(String.valueOf(refusal.getMessage()).contains("expected 1..1000"));
    }
  }

  @Test
  void pageRequest_afterHalfASurrogatePair_isRefused() {
    PageRequest first = PageRequest.first(1);
    assertThrows(ValidationException.class, () -> first.after("\uD83D"));
  }
}
