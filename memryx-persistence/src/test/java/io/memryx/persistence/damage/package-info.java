/** Stores whose files are not as they were written: what is read is right, or nothing is. */
@NullMarked
package io.memryx.persistence.damage;

import org.jspecify.annotations.NullMarked;
