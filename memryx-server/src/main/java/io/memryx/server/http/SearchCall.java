package io.memryx.server.http;

import io.memryx.server.service.SearchSubject;
import java.util.Set;

/**
 * A search as it was asked for.
 *
 * @param subject what is searched for, and how
 * @param include what the answer carries beside ids and scores
 * @param explain whether the answer tells what the search did
 */
record SearchCall(SearchSubject subject, Set<Included> include, boolean explain) {
  SearchCall {
    include = Set.copyOf(include);
  }

  /** What an answer may carry beside ids and scores. */
  enum Included {
    METADATA,
    VALUES
  }
}
