package io.memryx.server.http;

import io.memryx.server.problem.ProblemCode;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /finalize}. */
final class FinalizeDecoder {
  /** A day: whoever waits longer does not wait. */
  private static final double MAX_TIMEOUT_SECONDS = 86_400;

  private static final double NANOS_PER_SECOND = 1e9;

  private @Nullable Duration timeout;

  private FinalizeDecoder() {}

  /**
   * The time after which to give up, if the body has one.
   *
   * @param keys told the key in the body as soon as it is read
   */
  static Optional<Duration> read(JsonReader json, Consumer<String> keys) {
    FinalizeDecoder decoder = new FinalizeDecoder();
    json.object(
        JsonField.OfFinalize.class,
        field -> {
          switch (field) {
            case API_KEY -> keys.accept(json.string());
            case TIMEOUT_S -> decoder.timeout = timeout(json);
          }
        });
    return Optional.ofNullable(decoder.timeout);
  }

  private static Duration timeout(JsonReader json) {
    double seconds = json.number();
    if (seconds <= 0 || seconds > MAX_TIMEOUT_SECONDS) {
      throw json.problem(
          ProblemCode.OUT_OF_RANGE,
          "timeout_s is %s, expected more than 0 and at most %.0f"
              .formatted(seconds, MAX_TIMEOUT_SECONDS),
          "give seconds, or leave it out to wait as long as it takes");
    }
    return Duration.ofNanos((long) (seconds * NANOS_PER_SECOND));
  }
}
