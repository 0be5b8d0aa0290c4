package io.memryx.server.service;

/** What to do with the good entries of a request that has faulty ones too. */
public enum OnError {
  /** The request is refused; nothing of it is applied. */
  FAIL,
  /** They are taken; the faulty ones are listed. */
  SKIP
}
