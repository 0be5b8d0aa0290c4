package io.memryx.server.http;

import io.memryx.server.log.Subject;
import io.memryx.server.tenant.Caller;

/**
 * Whose log lines are whose: a request on its way over threads, from the one that reads it to those
 * that answer it. Thread-safe.
 */
final class Trail {
  private volatile Subject subject;

  /** Of a request whose caller is not known yet. */
  Trail(String requestId) {
    subject = new Subject(requestId, null);
  }

  /** Somebody was let in; the lines of this thread say so from now on. */
  void identified(Caller caller) {
    switch (caller) {
      case Caller.OfTenant of -> {
        Subject known = new Subject(subject.requestId(), of.tenant().value());
        subject = known;
        known.name();
      }
      case Caller.Administrator _ -> {} // Works for no tenant.
    }
  }

  /** Lines of this thread are this request's until that is closed. */
  Subject.Entered enter() {
    return subject.enter();
  }

  /** Does a part of the request's work. */
  void run(Runnable part) {
    try (var _ = enter()) {
      part.run();
    }
  }
}
