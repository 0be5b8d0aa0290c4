package io.memryx.server.http;

import io.memryx.Filter;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Filters as JSON texts, in the grammar of {@code docs/http-api.md}. */
public final class FilterJson {
  private FilterJson() {}

  /**
   * The filter that a text is.
   *
   * @throws io.memryx.server.problem.ProblemException if it is none
   */
  public static Filter parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return JsonReader.read(new ByteArrayInputStream(bytes), FilterDecoder::read);
  }
}
