package io.memryx.server.service;

import io.memryx.Entry;
import io.memryx.server.problem.Problem;
import java.util.Optional;

/** One of the entries that a request brings, as far as it could be read. */
public sealed interface Row {

  /** Where it is in the request. */
  Place place();

  /**
   * An entry that was read; whether it is valid is still to be seen.
   *
   * @param entry the entry
   */
  record Read(Place place, Entry entry) implements Row {}

  /**
   * What can't be read as an entry.
   *
   * @param id its id, where that could be read
   * @param problem what is wrong with it, with pointers below the entry or into the document
   */
  record Unreadable(Place place, Optional<String> id, Problem problem) implements Row {}

  /**
   * Where an entry is in a request.
   *
   * @param index its position among the entries, from 0
   * @param line its line, from 1, in a body of one entry a line; else 0
   */
  record Place(int index, int line) {

    /** In a list of one document. */
    public static Place inList(int index) {
      return new Place(index, 0);
    }

    /** A pointer to the entry, or to a part of it that begins with a slash. */
    public String pointer(String part) {
      return (line == 0 ? "/vectors/" : "/") + index + part;
    }

    /** As people count. */
    public String described() {
      return line == 0 ? "position " + index : "line " + line;
    }

    /** What is wrong there, so that it is found. */
    public String say(String detail) {
      return line == 0 ? detail : "line %d: %s".formatted(line, detail);
    }
  }
}
