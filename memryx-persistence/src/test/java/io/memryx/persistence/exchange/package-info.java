@NullMarked
package io.memryx.persistence.exchange;

import org.jspecify.annotations.NullMarked;
