package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MediaTypesTest {
  @Test
  void quality_isThatOfTheNamedType() {
    assertEquals(1, MediaTypes.quality("application/x-ndjson", MediaTypes.LINES));
    assertEquals(0.5, MediaTypes.quality("text/html, Application/JSON; q=0.5", MediaTypes.JSON));
    assertEquals(0, MediaTypes.quality("application/json;q=0", MediaTypes.JSON));
    assertEquals(0, MediaTypes.quality("*/*", MediaTypes.LINES));
    assertEquals(0, MediaTypes.quality(null, MediaTypes.LINES));
    assertEquals(1, MediaTypes.quality("application/json;q=nonsense", MediaTypes.JSON));
  }

  @Test
  void isOf_takesUtf8Alone() {
    assertTrue(MediaTypes.isOf("application/x-ndjson; charset=UTF-8", MediaTypes.LINES));
    assertFalse(MediaTypes.isOf("application/x-ndjson; charset=latin1", MediaTypes.LINES));
    assertFalse(MediaTypes.isOf("application/json", MediaTypes.LINES));
    assertFalse(MediaTypes.isOf(null, MediaTypes.LINES));
  }
}
