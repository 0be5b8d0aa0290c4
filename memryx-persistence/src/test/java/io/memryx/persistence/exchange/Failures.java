package io.memryx.persistence.exchange;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** What tests of files expect of messages. */
final class Failures {
  private Failures() {}

  /** The failure's message has this in it. */
  static void assertMentions(String part, Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains(part), message);
  }
}
