package io.memryx.server.service;

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

  /**
   * Takes a build in, unless one of its collection is under way.
   *
   * @return the build that is under way already, or empty if this one was taken
   */
  synchronized Optional<Build> tryBegin(Build build) {
    for (Build other : builds.values()) {
      if (other.underWay() && other.collection().equals(build.collection())) {
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
}
