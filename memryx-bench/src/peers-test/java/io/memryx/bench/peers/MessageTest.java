package io.memryx.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class MessageTest {

  @Test
  void parse_itsOwnLine_isTheSameMessage() {
    Message message =
        Message.of("built").with("seconds", 1.5).with("configuration", "a=b, c").with("none", "");

    assertEquals(message, Message.parse(message.line()));
    assertEquals(1.5, message.number("seconds"));
  }

  @Test
  void text_missing_namesIt() {
    var failure = assertThrows(IllegalStateException.class, () -> Message.of("open").text("rung"));
    assertEquals("'open' without 'rung': {}", failure.getMessage());
  }

  @Test
  void values_thatWouldEndTheLineOrTheValue_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> Message.of("a").with("b", "c\nd"));
    assertThrows(IllegalArgumentException.class, () -> Message.of("a").with("b", "c\td"));
    assertThrows(IllegalArgumentException.class, () -> Message.parse("a\tb"));
  }
}
