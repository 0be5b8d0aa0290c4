package io.memryx.server.service;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The builds of one tenant: those under way, and the last that ended. Thread-safe; guarded by its
 * own monitor.
 */
final class BuildHistory {
  /** Enough to look back on, little enough to forget about. */
  static final int MAX_REMEMBERED = 100;

  private final LinkedHashMap<String, Build> builds = new LinkedHashMap<>();
  private final HashMap<String, Integer> failedHotBuffers = new HashMap<>();

  /**
   * Takes a build in, unless one of its collection is under way. One that was asked for waits
   * behind one that nobody asked for.
   *
   * @return the build that is under way already, or empty if this one was taken
   */
  synchronized Optional<Build> tryBegin(Build build) {
    for (Build other : builds.values()) {
      boolean yields = other.cause() == Build.Cause.AUTOMATIC && build.cause() == Build.Cause.ASKED;
      if (other.underWay() && other.collection().equals(build.collection()) && !yields) {
        return Optional.of(other);
      }
    }
    forgetOldest();
    builds.put(build.id(), build);
    return Optional.empty();
  }

  private void forgetOldest() {
    var oldest = builds.values().iterator();
    while (builds.size() >= MAX_REMEMBERED && oldest.hasNext()) {
      if (!oldest.next().underWay()) {
        oldest.remove();
      }
    }
  }

  /** Takes a build out that could not be begun. */
  synchronized void forget(Build build) {
    builds.remove(build.id());
  }

  synchronized Optional<Build> find(String id) {
    return Optional.ofNullable(builds.get(id));
  }

  synchronized List<Build> underWay() {
    return builds.values().stream().filter(Build::underWay).toList();
  }

  /** Cancels the builds of a collection that goes, and forgets what went wrong with others. */
  synchronized void cancelAll(String collection, Build.Cancellation why) {
    for (Build build : builds.values()) {
      if (build.collection().equals(collection)) {
        build.cancel(why);
      }
    }
    failedHotBuffers.remove(collection);
  }

  /**
   * Cancels the builds of a collection that goes, and waits for their end: a build that writes its
   * snapshot goes on until that is written.
   */
  void endAll(String collection) {
    List<Build> ending;
    synchronized (this) {
      cancelAll(collection, Build.Cancellation.DROPPED);
      ending = underWay().stream().filter(build -> build.collection().equals(collection)).toList();
    }
    try {
      for (Build build : ending) {
        build.awaitEnd();
      }
    } catch (InterruptedException e) {
      // The store waits for them once more, and is not to be interrupted.
      Thread.currentThread().interrupt();
    }
  }

  /** Remembers with how large a hot buffer a build did not succeed. */
  synchronized void failed(Build build) {
    failedHotBuffers.put(build.collection(), build.hotBufferAtStart());
  }

  /** Forgets that: the hot buffer begins anew. */
  synchronized void succeeded(Build build) {
    failedHotBuffers.remove(build.collection());
  }

  /** The size of the hot buffer when a build of the collection failed last, or 0. */
  synchronized int failedHotBuffer(String collection) {
    return failedHotBuffers.getOrDefault(collection, 0);
  }
}
