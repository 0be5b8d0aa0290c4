package io.memryx.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.bench.peers.BuildRecord.Cost;
import io.memryx.bench.peers.BuildRecord.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildRecordTest {
  @TempDir private Path directory;

  @Test
  void read_whatWasWritten_isEqual() throws IOException {
    var record =
        new BuildRecord(
            new Subject("a = b: c\\d", "data", 10, 8, 2), new Cost(1.25, 0.5, 7, 6), "today");

    record.write(directory);

    assertEquals(Optional.of(record), BuildRecord.read(directory));
  }

  @Test
  void read_nothing_isEmpty() throws IOException {
    assertEquals(Optional.empty(), BuildRecord.read(directory));
  }

  @Test
  void read_damaged_saysWhatToDo() throws IOException {
    Files.writeString(directory.resolve("record.properties"), "dataset=x\n");

    var failure = assertThrows(IOException.class, () -> BuildRecord.read(directory));
    assertEquals(
        "a build's record lacks 'configuration': remove its directory", failure.getMessage());
  }
}
