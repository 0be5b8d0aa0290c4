package io.memryx.server.http;

import io.memryx.Limits;
import io.memryx.RecallRequest;
import io.memryx.server.problem.ProblemCode;
import java.time.Duration;
import java.util.function.Consumer;

/** Reads the body of {@code POST …/recall}. */
final class RecallDecoder {
  private static final int DEFAULT_SAMPLE = 100;
  private static final int DEFAULT_K = 10;

  /** Exact searches of a large sample would keep a worker for long. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private int sample = DEFAULT_SAMPLE;
  private int k = DEFAULT_K;

  private RecallDecoder() {}

  /** What a request without a body asks for. */
  static RecallRequest defaults() {
    return new RecallDecoder().request();
  }

  /**
   * What to measure.
   *
   * @param keys told the key in the body as soon as it is read
   */
  static RecallRequest read(JsonReader json, Consumer<String> keys) {
    RecallDecoder decoder = new RecallDecoder();
    json.object(
        JsonField.OfRecall.class,
        field -> {
          switch (field) {
            case API_KEY -> keys.accept(json.string());
            case SAMPLE -> decoder.sample = inRange(json, Limits.MAX_RECALL_SAMPLE);
            case K -> decoder.k = inRange(json, Limits.MAX_K);
          }
        });
    return decoder.request();
  }

  private RecallRequest request() {
    return RecallRequest.of(sample, k).withDeadline(DEADLINE);
  }

  private static int inRange(JsonReader json, int max) {
    int value = json.integer();
    if (value < 1 || value > max) {
      throw json.problem(
          ProblemCode.OUT_OF_RANGE,
          "%s is %d, expected 1..%d".formatted(json.name(), value, max),
          "give a value in that range, or leave it out for the default");
    }
    return value;
  }
}
