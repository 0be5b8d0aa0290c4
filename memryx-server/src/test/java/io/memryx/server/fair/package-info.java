@NullMarked
package io.memryx.server.fair;

import org.jspecify.annotations.NullMarked;
