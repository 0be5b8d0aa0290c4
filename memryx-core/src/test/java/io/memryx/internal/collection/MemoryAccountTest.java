package io.memryx.internal.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryAccountTest {

  @Test
  void settle_withAnEndedShare_countsEachOnce() {
    var account = new MemoryAccount(100);
    MemoryAccount.Share held = account.newShare();
    MemoryAccount.Share worked = account.newShare();
    assertTrue(held.tryRaiseTo(40));
    assertTrue(worked.tryRaiseTo(60));
    assertFalse(held.tryRaiseTo(41));
    held.settle(70, worked);
    assertEquals(70, account.used());
    worked.settle(0);
    assertEquals(70, account.used());
  }

  @Test
  void settle_withAShareOfAnotherAccount_isRefused() {
    MemoryAccount.Share held = MemoryAccount.unlimited().newShare();
    MemoryAccount.Share stranger = MemoryAccount.unlimited().newShare();
    assertThrows(IllegalArgumentException.class, () -> held.settle(1, stranger));
  }
}
