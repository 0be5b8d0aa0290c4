/**
 * The write-ahead log: what a collection's changes are before they are made, how they get to the
 * disk, and how they are read again.
 */
@NullMarked
package io.memryx.persistence.internal.wal;

import org.jspecify.annotations.NullMarked;
