package io.memryx.server.http;

import io.memryx.server.tenant.Network;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The connections that are open, counted as they come and go. Thread-safe; guarded by its monitor.
 */
final class Connections {
  private static final int IPV6_BYTES = 16;

  private final ConnectionLimits limits;
  private final Map<String, Integer> openOf = new HashMap<>();
  private int open;

  Connections(ConnectionLimits limits) {
    this.limits = limits;
  }

  /**
   * Counts a connection.
   *
   * @return to be run when it is closed, running it again does nothing; or empty if there are as
   *     many as may be
   */
  synchronized Optional<Runnable> tryOpen(InetAddress address) {
    String network = isShared(address) ? "" : Network.of(address).name();
    boolean full = open >= limits.inAll();
    if (full || (!network.isEmpty() && openOf.getOrDefault(network, 0) >= limits.ofOneAddress())) {
      return Optional.empty();
    }
    open++;
    openOf.merge(network, 1, Integer::sum);
    AtomicBoolean counted = new AtomicBoolean(true);
    return Optional.of(
        () -> {
          if (counted.compareAndSet(true, false)) {
            closed(network);
          }
        });
  }

  private synchronized void closed(String network) {
    open--;
    openOf.computeIfPresent(network, (_, count) -> count == 1 ? null : count - 1);
  }

  /** How many are open. */
  synchronized int open() {
    return open;
  }

  /**
   * Whether many clients may be behind an address: no router of the internet knows the way to it.
   */
  private static boolean isShared(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = bytes.length == IPV6_BYTES && (bytes[0] & 0xfe) == 0xfc;
    // 100.64.0.0/10, which providers and hosts use inside.
    boolean carrier = bytes.length != IPV6_BYTES && bytes[0] == 100 && (bytes[1] & 0xc0) == 0x40;
    return address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || uniqueLocal
        || carrier;
  }
}
