package io.memryx.server.http;

/**
 * How many connections there may be.
 *
 * @param inAll of everybody
 * @param ofOneAddress of one address on the internet; private and loopback addresses are those of
 *     proxies and of the house, which have many clients behind them
 */
public record ConnectionLimits(int inAll, int ofOneAddress) {
  /** Refuses limits that would let nobody in. */
  public ConnectionLimits {
    if (inAll < 1 || ofOneAddress < 1) {
      throw new IllegalArgumentException("at least one connection must be allowed");
    }
  }
}
