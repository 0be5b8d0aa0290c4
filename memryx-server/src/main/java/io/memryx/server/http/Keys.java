package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Compares keys in a time that tells nothing about them. */
final class Keys {
  private Keys() {}

  /** Refuses a call whose key is not the expected one. */
  static void requireEqual(String expected, Optional<String> given) {
    byte[] wanted = expected.getBytes(StandardCharsets.UTF_8);
    byte[] got = given.orElse("").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(wanted, got)) {
      throw Problem.of(
              ProblemCode.UNAUTHENTICATED,
              "the metrics need their own key",
              "send the key that the operator set as METRICS_KEY: 'Authorization: Bearer KEY'")
          .toException();
    }
  }
}
