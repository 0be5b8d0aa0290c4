package io.memryx.persistence.crash;

import io.memryx.Entry;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a store has, entry by entry.
 *
 * @param collections entries in order of id, by name; empty collections are left out
 */
record Recovered(SortedMap<String, List<Entry>> collections) {

  static Recovered of(VectorStore store) {
    var collections = new TreeMap<String, List<Entry>>();
    for (VectorCollection collection : store.collections()) {
      List<Entry> entries = collection.entries().toList();
      if (!entries.isEmpty()) {
        collections.put(collection.name(), entries);
      }
    }
    return new Recovered(collections);
  }

  /** Stamps by id of one client's entries. */
  Map<String, Long> stamps(Script script, int client) {
    var stamps = new HashMap<String, Long>();
    for (Entry entry : collections.getOrDefault(Script.collection(client), List.of())) {
      if (Script.client(entry.id()) == client) {
        stamps.put(entry.id(), script.stampOf(entry));
      }
    }
    return stamps;
  }

  /** Entries that are where no client put them. */
  List<String> strangers() {
    var strangers = new ArrayList<String>();
    collections.forEach(
        (name, entries) -> {
          for (Entry entry : entries) {
            int client = Script.client(entry.id());
            if (client < 0 || client >= Script.CLIENTS || !Script.collection(client).equals(name)) {
              strangers.add(name + "/" + entry.id());
            }
          }
        });
    return strangers;
  }
}
