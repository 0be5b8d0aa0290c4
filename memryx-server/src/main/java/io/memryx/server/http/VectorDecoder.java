package io.memryx.server.http;

import io.memryx.Limits;
import io.memryx.server.problem.ProblemCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import tools.jackson.core.JsonToken;

/**
 * Reads vectors straight into arrays, from a list of numbers or from base64 of little-endian
 * float32. NaN and infinities pass: the engine names every entry that has one. Not thread-safe.
 */
final class VectorDecoder {
  private static final int FIRST_GUESS = 384;

  private final Base64Text text = new Base64Text();
  private float[] components = {};

  /** The vector that the reader stands at. */
  float[] read(JsonReader json) {
    return json.token() == JsonToken.VALUE_STRING ? base64(json) : numbers(json);
  }

  private float[] numbers(JsonReader json) {
    if (json.token() != JsonToken.START_ARRAY) {
      throw json.wrongType("an array of numbers, or base64 of little-endian float32");
    }
    int count = 0;
    while (json.next() != JsonToken.END_ARRAY) {
      if (count == Limits.MAX_DIMENSION) {
        throw json.problem(
            ProblemCode.BAD_DIMENSION,
            "vector has more than %d dimensions".formatted(Limits.MAX_DIMENSION),
            "no collection takes that");
      }
      if (count == components.length) {
        components = Arrays.copyOf(components, Math.max(FIRST_GUESS, 2 * count));
      }
      components[count++] = json.component();
    }
    return Arrays.copyOf(components, count);
  }

  private float[] base64(JsonReader json) {
    json.string(text.begin());
    int bytes;
    try {
      bytes = text.decode();
    } catch (IllegalArgumentException e) {
      throw badBase64(json, "the text is not standard base64");
    }
    if (bytes % Float.BYTES != 0) {
      throw badBase64(json, "the text is %d bytes, not a multiple of 4".formatted(bytes));
    }
    float[] vector = new float[bytes / Float.BYTES];
    ByteBuffer.wrap(text.bytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  private static RuntimeException badBase64(JsonReader json, String detail) {
    return json.problem(
        ProblemCode.BAD_BASE64, detail, "encode the components as little-endian 32-bit floats");
  }
}
