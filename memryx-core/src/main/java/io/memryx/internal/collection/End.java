package io.memryx.internal.collection;

/** Why a collection can't be used any more. */
enum End {
  /** It was removed from its store. */
  DROPPED("was dropped: ask the store for a new one"),
  /** Its store was closed. */
  CLOSED("belongs to a store that is closed: open it again");

  private final String what;

  End(String what) {
    this.what = what;
  }

  /** What to tell those who use it all the same. */
  String refusal(String collection) {
    return "collection '%s' %s".formatted(collection, what);
  }
}
