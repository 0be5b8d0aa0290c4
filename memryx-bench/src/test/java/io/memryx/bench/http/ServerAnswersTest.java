package io.memryx.bench.http;

import static io.memryx.bench.Failures.assertMentions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerAnswersTest {

  @Test
  void hits_unknownFieldsAround_passedOver() {
    String json =
        """
        {"took_ms":1.5,"x":{"results":[{"id":"no"}]},
         "results":[{"score":0.5,"metadata":{"id":"no","a":[1,{}]},"id":"a"},{"id":"b","score":-1}],
         "count":2}""";

    assertEquals(List.of(new Hit("a", 0.5), new Hit("b", -1)), ServerAnswers.hits(json));
  }

  @Test
  void field_textsAndNumbers_asText() {
    String json = "{\"a\":\"x\",\"b\":{\"a\":\"no\"},\"n\":12}";

    assertEquals("x", ServerAnswers.field(json, "a"));
    assertEquals("12", ServerAnswers.field(json, "n"));
  }

  @Test
  void field_missing_saysWhichAndShowsTheAnswer() {
    var failure =
        assertThrows(ServerRunException.class, () -> ServerAnswers.field("{\"a\":1}", "b"));

    assertMentions("'b'", failure);
    assertMentions("{\"a\":1}", failure);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"results\":[{\"id\"", "<html>", "{}"})
  void hits_notAnAnswer_refused(String json) {
    assertThrows(ServerRunException.class, () -> ServerAnswers.hits(json));
  }

  @Test
  void encode_vector_isLittleEndianFloat32() {
    assertEquals("AACAPwAAAMA=", Base64Vector.encode(new float[] {1, -2}));
  }
}
