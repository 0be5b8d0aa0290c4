package io.memryx.server.exchange;

import io.memryx.Entry;

/** What a place of a source holds: an entry that is still to be checked, or a fault. */
sealed interface Candidate {

  /** Where it is, in words: "line 7", "row 6 (byte 9240)". */
  String place();

  /** An entry. */
  record Found(String place, Entry entry) implements Candidate {}

  /** No entry; what is wrong is told in words. */
  record Faulty(String place, String fault) implements Candidate {}
}
