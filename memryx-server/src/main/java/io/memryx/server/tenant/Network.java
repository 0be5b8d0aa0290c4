package io.memryx.server.tenant;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Where somebody calls from, as far as it tells one customer from another: an address, or with
 * version 6 the network of 64 bits, since who has one address of it mostly has them all.
 *
 * @param name the same for all that is of one network
 */
public record Network(String name) {
  private static final int PREFIX_BYTES = 8;

  /** The network of an address. */
  public static Network of(InetAddress address) {
    return new Network(
        address instanceof Inet6Address
            ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), PREFIX_BYTES)) + "/64"
            : address.getHostAddress());
  }
}
