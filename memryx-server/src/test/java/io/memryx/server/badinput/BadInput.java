package io.memryx.server.badinput;

import java.io.IOException;

/**
 * A row of the table.
 *
 * @param name what is sent; two digits in front are the row of the threat list that it tries
 * @param asking sends it
 * @param expected what is to come back
 */
record BadInput(String name, Asking asking, Expected expected) {

  /** Sends a bad input to one of the servers. */
  @FunctionalInterface
  interface Asking {
    RawAnswer of(Sites sites) throws IOException;
  }

  /** Sends it to the server that lets everybody in. */
  static BadInput row(String name, RawRequest request, Expected expected) {
    return row(name, request.bytes(), expected);
  }

  /** Sends bytes to the server that lets everybody in. */
  static BadInput row(String name, byte[] request, Expected expected) {
    return new BadInput(name, sites -> sites.send(Site.OPEN, request), expected);
  }

  @Override
  public String toString() {
    return name;
  }
}
