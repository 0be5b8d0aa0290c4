package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchEventTest {
  @TempDir private Path directory;

  @Test
  void search_isAnEventOfFlightRecordingsThatAreUnderWay() throws Exception {
    var vectors = new RandomVectors(7, 16, 10);
    VectorCollection docs = Memryx.inMemory().collection("searched", CollectionOptions.of(16));
    docs.upsert(vectors.entries(0, 4_200));
    BuildReport _ = docs.build(BuildRequest.defaults());
    docs.upsert(vectors.entries(4_200, 3));
    SearchRequest request = SearchRequest.of(vectors.next(), 5);
    SearchRequest filtered = request.withFilter(Filter.lt("number", 7));
    SearchResult.Work work;
    List<RecordedEvent> events;
    assertEquals(5, docs.search(request).neighbors().size());
    try (var recording = new Recording()) {
      recording.enable("io.memryx.Search").withoutThreshold();
      recording.start();
      work = docs.search(request).work();
      docs.search(filtered);
      docs.searchAll(List.of(request, SearchRequest.like("4", 2)));
      assertThrows(ValidationException.class, () -> docs.search(SearchRequest.like("nobody", 3)));
      recording.stop();
      Path file = directory.resolve("searches.jfr");
      recording.dump(file);
      events =
          RecordingFile.readAllEvents(file).stream()
              .filter(event -> event.getEventType().getName().equals("io.memryx.Search"))
              .filter(event -> event.getString("collection").equals("searched"))
              .toList();
    }
    assertEquals(4, events.size());
    RecordedEvent single = events.getFirst();
    assertTrue(single.getBoolean("succeeded"));
    assertEquals(1, single.getInt("requests"));
    assertEquals(5, single.getInt("k"));
    assertEquals(work.listsProbed(), single.getInt("probes"));
    assertEquals(work.codesScanned(), single.getLong("codesScanned"));
    assertEquals(work.vectorsScored(), single.getLong("vectorsScored"));
    assertEquals(-1, single.getInt("matched"));
    assertEquals(7, events.get(1).getInt("matched"));
    assertEquals(2, events.get(2).getInt("requests"));
    assertEquals(7, events.get(2).getInt("k"));
    assertFalse(events.getLast().getBoolean("succeeded"));
  }
}
