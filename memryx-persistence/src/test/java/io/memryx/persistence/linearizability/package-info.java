/** Whether calls of several threads take effect one after the other, as if at one moment each. */
@NullMarked
package io.memryx.persistence.linearizability;

import org.jspecify.annotations.NullMarked;
