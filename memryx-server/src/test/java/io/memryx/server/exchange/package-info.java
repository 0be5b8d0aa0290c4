@NullMarked
package io.memryx.server.exchange;

import org.jspecify.annotations.NullMarked;
