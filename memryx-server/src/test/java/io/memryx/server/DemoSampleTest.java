package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Entry;
import io.memryx.Metadata;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DemoSampleTest {
  private static byte[] sample(int magic, int count, int dimension) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(new GZIPOutputStream(bytes))) {
      data.writeInt(magic);
      data.writeInt(count);
      data.writeInt(dimension);
      for (String word : List.of("dog", "cat")) {
        data.writeUTF(word + ".noun");
        data.writeUTF("a " + word);
        data.writeUTF("noun");
        data.writeUTF(word + ",pet");
        data.writeShort(Float.floatToFloat16(0.5f));
        data.writeShort(Float.floatToFloat16(-2));
      }
    }
    return bytes.toByteArray();
  }

  private static DemoSample read(byte[] bytes) throws IOException {
    return DemoSample.read(new ByteArrayInputStream(bytes));
  }

  @Test
  void read_sound_givesEntries() throws IOException {
    DemoSample sample = read(sample(DemoSample.MAGIC, 2, 2));
    Metadata metadata =
        Metadata.builder()
            .put("text", "a dog")
            .put("pos", "noun")
            .put("words", List.of("dog", "pet"))
            .build();
    assertEquals(2, sample.dimension());
    assertEquals(
        Entry.of("dog.noun", new float[] {0.5f, -2}, metadata), sample.entries().getFirst());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2, 2",
    "1297240147, 3, 2",
    "1297240147, 1, 2",
    "1297240147, -1, 2",
    "1297240147, 2, 99999"
  })
  void read_damaged_isRefused(int magic, int count, int dimension) throws IOException {
    byte[] bytes = sample(magic, count, dimension);
    assertThrows(IOException.class, () -> read(bytes));
  }

  @Test
  void read_truncated_isRefused() throws IOException {
    byte[] bytes = sample(DemoSample.MAGIC, 2, 2);
    assertThrows(IOException.class, () -> read(Arrays.copyOf(bytes, bytes.length / 2)));
  }

  @Test
  void demo_isInMemoryUnlessAskedOtherwise() {
    assertEquals("false", DemoCommand.environment(Map.of()).get("ENABLE_PERSISTENCE"));
    Map<String, String> kept = DemoCommand.environment(Map.of("STORAGE_PATH", "/x"));
    assertTrue(!kept.containsKey("ENABLE_PERSISTENCE"));
    assertThrows(OptionException.class, () -> DemoCommand.environment(Map.of("AUTH_MODE", "keys")));
  }
}
