package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionsTest {
  private final Connections connections = new Connections(new ConnectionLimits(5, 2));

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  @Test
  void tryOpen_oneAddressHasItsPart_othersGetIn() throws UnknownHostException {
    Runnable first = connections.tryOpen(address("203.0.113.7")).orElseThrow();
    assertTrue(connections.tryOpen(address("203.0.113.7")).isPresent());
    assertTrue(connections.tryOpen(address("203.0.113.7")).isEmpty());
    assertTrue(connections.tryOpen(address("203.0.113.8")).isPresent());
    first.run();
    first.run();
    assertEquals(2, connections.open(), "a connection is closed once");
    assertTrue(connections.tryOpen(address("203.0.113.7")).isPresent());
  }

  @Test
  void tryOpen_asManyAsMayBe_isRefusedUntilOneIsClosed() throws UnknownHostException {
    Runnable last = () -> {};
    for (int number = 1; number <= 5; number++) {
      last = connections.tryOpen(address("203.0.113." + number)).orElseThrow();
    }
    assertTrue(connections.tryOpen(address("203.0.113.9")).isEmpty());
    last.run();
    assertTrue(connections.tryOpen(address("203.0.113.9")).isPresent());
  }

  @Test
  void tryOpen_ipv6_countsTheNetworkOfACustomer() throws UnknownHostException {
    assertTrue(connections.tryOpen(address("2001:db8:1:1::1")).isPresent());
    assertTrue(connections.tryOpen(address("2001:db8:1:1::2")).isPresent());
    assertTrue(connections.tryOpen(address("2001:db8:1:1::3")).isEmpty());
    assertTrue(connections.tryOpen(address("2001:db8:1:2::1")).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.9",
        "100.64.0.2",
        "fd00::1"
      })
  void tryOpen_addressThatManyShare_hasNoPartOfItsOwn(String text) throws UnknownHostException {
    for (int number = 0; number < 5; number++) {
      assertTrue(connections.tryOpen(address(text)).isPresent());
    }
    assertTrue(connections.tryOpen(address(text)).isEmpty(), "all are taken");
  }

  @Test
  void limits_thatLetNobodyIn_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ConnectionLimits(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new ConnectionLimits(1, 0));
  }
}
