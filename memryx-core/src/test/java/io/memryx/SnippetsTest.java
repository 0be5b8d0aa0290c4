package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the API's documentation shows, compiled and run. */
class SnippetsTest {
  private static VectorCollection notes() {
    VectorCollection notes = Memryx.inMemory().collection("notes", CollectionOptions.of(3));
    // @start region="upsert"
    notes.upsert(
        List.of(
            Entry.of("fox", new float[] {1, 0, 2}, Metadata.builder().put("lang", "en").build()),
            Entry.of("fuchs", new float[] {1, 0, 3}, Metadata.builder().put("lang", "de").build()),
            Entry.of(
                "whale", new float[] {0, 5, 1}, Metadata.builder().put("lang", "en").build())));
    // @end
    return notes;
  }

  @Test
  void search_findsWhatTheDocumentationSays() {
    VectorCollection notes = notes();
    float[] query = {1, 0, 2};
    // @start region="search"
    SearchRequest request =
        SearchRequest.of(query, 2)
            .withFilter(Filter.eq("lang", "en"))
            .withMinScore(0.5f)
            .withInclude(Set.of(Include.METADATA, Include.VECTOR))
            .withDeadline(Duration.ofMinutes(1));
    for (Neighbor neighbor : notes.search(request).neighbors()) {
      System.out.println(neighbor.id() + " " + neighbor.score() + " " + neighbor.metadata());
    }
    // @end
    assertEquals(1, notes.search(request).neighbors().size());
  }

  @Test
  void searchLike_findsWhatTheDocumentationSays() {
    VectorCollection notes = notes();
    // @start region="like"
    List<Neighbor> similar = notes.search(SearchRequest.like("fox", 1)).neighbors();
    // @end
    assertEquals("fuchs", similar.getFirst().id());
  }

  @Test
  void searchAll_findsWhatTheDocumentationSays() {
    VectorCollection notes = notes();
    // @start region="batch"
    List<SearchResult> results =
        notes.searchAll(List.of(SearchRequest.like("fox", 1), SearchRequest.like("whale", 2)));
    SearchResult ofTheWhale = results.get(1);
    // @end
    assertEquals(2, ofTheWhale.neighbors().size());
  }

  @Test
  void recall_isWhatTheDocumentationSays() {
    VectorCollection notes = notes();
    // @start region="recall"
    BuildReport report = notes.build(BuildRequest.defaults());
    RecallReport recall = notes.recall(RecallRequest.of(100, 10));
    // @end
    assertEquals(3, report.vectors());
    assertEquals(1, recall.recall());
  }

  @Test
  void filters_passWhatTheDocumentationSays() {
    // @start region="filter"
    Filter english = Filter.eq("lang", "en");
    Filter recent = Filter.gte("year", 2020).and(Filter.not(Filter.exists("withdrawn")));
    // @end
    VectorCollection notes = notes();
    assertEquals(2, notes.count(english));
    assertEquals(0, notes.count(recent));
    Optional<Entry> whale = notes.get("whale");
    assertTrue(whale.isPresent());
  }

  @Test
  void options_doWhatTheDocumentationSays() {
    // @start region="options"
    StoreOptions options =
        StoreOptions.defaults()
            .withMemoryBudget(2L << 30)
            .withAutomaticBuild(AutomaticBuild.defaults().withHotEntries(20_000));
    VectorStore store = Memryx.inMemory(options);
    // @end
    assertEquals(2L << 30, store.memoryBudget());
    assertEquals(20_000, options.automaticBuild().hotEntries());
  }

  @Test
  void automaticBuild_tellsOfWhatTheDocumentationSays() {
    // @start region="automatic"
    AutomaticBuild seldom =
        AutomaticBuild.defaults()
            .withHotShare(0.5)
            .withFailureListener(
                (collection, failure) ->
                    System.err.println(collection.name() + " was not built: " + failure));
    // @end
    assertEquals(50_000, seldom.dueAt(100_000));
  }
}
