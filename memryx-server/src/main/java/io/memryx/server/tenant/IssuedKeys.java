package io.memryx.server.tenant;

import java.util.Optional;

/** Where the keys are that this server made. A look-up waits for nobody. */
@FunctionalInterface
public interface IssuedKeys {
  /** The key of an id, live or not. */
  Optional<IssuedKey> find(String id);
}
