package io.memryx.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** What tests expect of messages. */
public final class Failures {
  private Failures() {}

  /** The failure's message has this in it. */
  public static void assertMentions(String part, Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains(part), message);
  }
}
