/** Keeps collections across restarts: snapshot stores, and a vector store on top of one. */
module io.memryx.persistence {
  requires transitive io.memryx.core;
  requires com.google.protobuf;
  requires static org.jspecify;

  exports io.memryx.persistence;
  exports io.memryx.persistence.exchange;

  // Protobuf reads generated accessors by reflection, for texts of messages.
  opens io.memryx.persistence.internal.proto to
      com.google.protobuf;
}
