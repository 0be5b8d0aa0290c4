/** The server's meters. */
@NullMarked
package io.memryx.server.metrics;

import org.jspecify.annotations.NullMarked;
