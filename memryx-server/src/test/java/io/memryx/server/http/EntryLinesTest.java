package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.StringValue;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.Row;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryLinesTest {
  private final EntryLines lines = new EntryLines();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private ProblemException refusal(String line) {
    return assertThrows(ProblemException.class, () -> lines.read(bytes(line)));
  }

  @Test
  void read_whatWasWritten_givesTheSameBits() {
    long seed = 5;
    Random random = new Random(seed);
    float[] vector = new float[4_096];
    for (int i = 0; i < vector.length; i++) {
      float any = Float.intBitsToFloat(random.nextInt());
      vector[i] = Float.isFinite(any) ? any : -0f;
    }
    vector[0] = Float.MIN_VALUE;
    vector[1] = -Float.MAX_VALUE;
    byte[] line = lines.write(Entry.of("a", vector));
    assertArrayEquals(vector, lines.read(line).vector(), "seed " + seed);
  }

  @Test
  void read_whatWasWritten_keepsTypesOfMetadataAndTheMark() {
    Metadata metadata =
        Metadata.builder()
            .put("text", "line\nbreak \"quoted\" 😀")
            .put("long", Long.MIN_VALUE)
            .put("whole", 2.0)
            .put("double", Math.nextUp(0.1))
            .put("yes", true)
            .putNull("nothing")
            .put("mixed", new ArrayValue(List.of(new LongValue(1), new StringValue("1"))))
            .build();
    Entry entry = Entry.of("é\u2028", new float[] {1, 2}, metadata);
    for (Entry each : List.of(entry, entry.asApproximation())) {
      byte[] line = lines.write(each);
      assertEquals('\n', line[line.length - 1]);
      assertEquals(each, lines.read(line));
    }
  }

  @Test
  void write_asIs_hasNoMark() {
    String exact = new String(lines.write(Entry.of("a", new float[] {1})), StandardCharsets.UTF_8);
    assertEquals("{\"id\":\"a\",\"metadata\":{},\"values\":[1.0]}\n", exact);
  }

  @Test
  void read_faultyLine_saysWhatIsWrong() {
    assertEquals(ProblemCode.BAD_JSON, refusal("{\"id\":\"a\"").problem().code());
    assertEquals(
        ProblemCode.BAD_JSON, refusal("{\"id\":\"a\",\"values\":[1]} {}").problem().code());
    assertEquals(ProblemCode.MISSING_FIELD, refusal("{\"id\":\"a\"}").problem().code());
    assertEquals(ProblemCode.BAD_TYPE, refusal("[1]").problem().code());
    assertEquals(ProblemCode.UNKNOWN_FIELD, refusal("{\"vector\":[1]}").problem().code());
  }

  private static List<String> split(String text) throws IOException {
    var reader = new LineReader(new ByteArrayInputStream(bytes(text)));
    List<String> found = new ArrayList<>();
    for (var line = reader.next(); line.isPresent(); line = reader.next()) {
      found.add(line.get().number() + ":" + new String(line.get().bytes(), StandardCharsets.UTF_8));
    }
    return found;
  }

  @Test
  void lineReader_blankLines_arePassedOverAndCounted() throws IOException {
    assertEquals(List.of("1:a", "4:b\r", "5:c"), split("a\n\n \t\r\nb\r\nc"));
    assertEquals(List.of("1:a"), split("a\n"));
    assertEquals(List.of(), split(""));
  }

  @Test
  void lineReader_linesLongerThanItsBuffer_areWhole() throws IOException {
    String wide = "x".repeat(200_000);
    assertEquals(List.of("1:" + wide, "2:y", "3:" + wide), split(wide + "\ny\n" + wide));
  }

  @Test
  void lineReader_endlessLine_isRefusedByNumber() {
    IOException refusal =
        assertThrows(
            LineReader.LineTooLongException.class,
            () -> split("a\n" + "x".repeat(LineReader.MAX_LINE_BYTES + 1)));
    assertTrue(String.valueOf(refusal.getMessage()).startsWith("line 2 has more than"));
    assertFalse(String.valueOf(refusal.getMessage()).contains("xxx"));
  }

  @Test
  void next_onlyEmptyLines_comesToAnEnd() throws IOException {
    byte[] empty = new byte[LineReader.MAX_BLANK_BYTES + 2];
    Arrays.fill(empty, (byte) '\n');
    empty[LineReader.MAX_BLANK_BYTES] = 'x';
    LineReader many = new LineReader(new ByteArrayInputStream(empty));
    assertEquals("x", new String(many.next().orElseThrow().bytes(), StandardCharsets.UTF_8));
    empty[LineReader.MAX_BLANK_BYTES] = '\n';
    LineReader tooMany = new LineReader(new ByteArrayInputStream(empty));
    assertThrows(LineReader.LineTooLongException.class, tooMany::next);
  }

  @Test
  void read_onlyLinesThatCannotBeRead_comesToAnEnd() {
    RowReader rows = new RowReader(10);
    for (int line = 1; line <= 5; line++) {
      assertInstanceOf(Row.Unreadable.class, rows.read(new LineReader.Line(line, bytes("{"))));
    }
    var refused =
        assertThrows(ProblemException.class, () -> rows.read(new LineReader.Line(6, bytes("{"))));
    assertEquals(ProblemCode.BODY_TOO_LARGE, refused.problem().code());
  }
}
