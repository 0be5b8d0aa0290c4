package io.memryx.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * What is sent back: status, headers, body. Immutable.
 *
 * @param status HTTP status
 * @param contentType type of the body
 * @param body read-only
 * @param headers further headers
 */
record Answer(int status, String contentType, ByteBuffer body, Map<String, String> headers)
    implements Reply {
  static final String JSON = MediaTypes.JSON;
  static final String PROBLEM_JSON = "application/problem+json";
  static final String TEXT = "text/plain; charset=utf-8";

  Answer {
    body = body.asReadOnlyBuffer();
    headers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  static Answer ok(Consumer<JsonGenerator> content) {
    return json(200, content);
  }

  static Answer json(int status, Consumer<JsonGenerator> content) {
    return new Answer(status, JSON, ByteBuffer.wrap(Json.write(content)), Map.of());
  }

  static Answer text(int status, String contentType, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Answer(status, contentType, ByteBuffer.wrap(bytes), Map.of());
  }

  /** Without a body. */
  static Answer empty(int status) {
    return text(status, TEXT, "");
  }

  Answer withHeader(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, contentType, body, more);
  }

  Answer withContentType(String type) {
    return new Answer(status, type, body, headers);
  }
}
