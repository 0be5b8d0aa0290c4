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

class BuildEventTest {
  @TempDir private Path directory;

  @Test
  void build_isAnEventOfFlightRecordings() throws Exception {
    var vectors = new RandomVectors(6, 16, 10);
    VectorCollection docs = Memryx.inMemory().collection("recorded-docs", CollectionOptions.of(16));
    List<RecordedEvent> events;
    BuildReport report;
    try (var recording = new Recording()) {
      recording.enable("io.memryx.Build");
      recording.start();
      docs.upsert(vectors.entries(0, 5_000));
      report = docs.build(BuildRequest.defaults());
      docs.delete(List.of("1", "2"));
      assertThrows(
          BuildCancelledException.class,
          () -> docs.build(BuildRequest.defaults().withCancellation(() -> true)));
      docs.build(BuildRequest.defaults());
      recording.stop();
      Path file = directory.resolve("builds.jfr");
      recording.dump(file);
      events =
          RecordingFile.readAllEvents(file).stream()
              .filter(event -> event.getEventType().getName().equals("io.memryx.Build"))
              .filter(event -> event.getString("collection").equals("recorded-docs"))
              .toList();
    }
    assertEquals(3, events.size());
    RecordedEvent trained = events.getFirst();
    assertTrue(trained.getBoolean("succeeded"));
    assertEquals(5_000, trained.getInt("entries"));
    assertEquals(report.lists(), trained.getInt("lists"));
    assertEquals("TRAINED", trained.getString("method"));
    assertEquals(
        report.timeOf(BuildProgress.Phase.ENCODE).toMillis(), trained.getLong("encodeMillis"));
    assertTrue(trained.getDuration().compareTo(report.totalTime()) >= 0);
    assertFalse(events.get(1).getBoolean("succeeded"));
    assertEquals(2, events.getLast().getInt("reclaimed"));
    assertEquals("EXTENDED", events.getLast().getString("method"));
  }
}
