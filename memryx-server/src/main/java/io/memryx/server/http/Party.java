package io.memryx.server.http;

import io.memryx.server.tenant.Caller;
import io.memryx.server.tenant.Network;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * With whom a request shares the server's time and memory: its tenant; or, as long as nobody knows
 * whose it is, whoever calls from the same network.
 *
 * @param name the same for all that share
 * @param standing whether its key was seen
 */
record Party(String name, Standing standing) {

  /** Whether anybody vouches for it. */
  enum Standing {
    /** Its key was right. */
    KNOWN,
    /** It may have none. */
    STRANGER
  }

  /** The party of a caller, or of whoever calls from an address. */
  static Party of(@Nullable Caller caller, InetAddress from) {
    return switch (caller) {
      case Caller.OfTenant of -> new Party("tenant " + of.tenant(), Standing.KNOWN);
      case Caller.Administrator _ -> new Party("administrator", Standing.KNOWN);
      case null -> new Party("address " + Network.of(from).name(), Standing.STRANGER);
    };
  }
}
