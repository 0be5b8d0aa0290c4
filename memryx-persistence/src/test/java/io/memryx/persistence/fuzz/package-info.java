/** What everything that reads hostile bytes has in common. */
@NullMarked
package io.memryx.persistence.fuzz;

import org.jspecify.annotations.NullMarked;
