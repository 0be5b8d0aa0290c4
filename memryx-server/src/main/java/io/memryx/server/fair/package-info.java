/** Threads that tenants share so that none starves another. */
@NullMarked
package io.memryx.server.fair;

import org.jspecify.annotations.NullMarked;
