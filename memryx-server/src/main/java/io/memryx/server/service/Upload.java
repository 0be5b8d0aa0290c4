package io.memryx.server.service;

/**
 * Entries on their way into a collection that was there when they began to come: into that one or
 * nowhere, however long it takes. Not thread-safe.
 */
public final class Upload implements AutoCloseable {
  private final OpenCollection target;
  private final Staging staging;

  /** Nothing yet. */
  Upload(OpenCollection target, Staging staging) {
    this.target = target;
    this.staging = staging;
  }

  /** Takes the next row, as {@link Staging#take} does. */
  public void take(Row row) {
    staging.take(row);
  }

  /** Where they go. */
  OpenCollection target() {
    return target;
  }

  /** What has come so far. */
  Staging staging() {
    return staging;
  }

  /** Lets go of what was held back. */
  @Override
  public void close() {
    staging.close();
  }
}
