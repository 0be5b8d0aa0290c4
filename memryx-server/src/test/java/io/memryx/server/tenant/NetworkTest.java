package io.memryx.server.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class NetworkTest {
  private static Network of(String address) {
    try {
      return Network.of(InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void version4_isTheAddress() {
    assertEquals(new Network("203.0.113.7"), of("203.0.113.7"));
    assertNotEquals(of("203.0.113.7"), of("203.0.113.8"));
  }

  @Test
  void version6_isTheNetworkOfACustomer() {
    assertEquals(of("2001:db8:1:1::1"), of("2001:db8:1:1:ffff::2"));
    assertNotEquals(of("2001:db8:1:1::1"), of("2001:db8:1:2::1"));
  }

  @Test
  void version4_writtenAsVersion6_isTheAddress() {
    assertEquals(of("203.0.113.7"), of("::ffff:203.0.113.7"));
  }
}
