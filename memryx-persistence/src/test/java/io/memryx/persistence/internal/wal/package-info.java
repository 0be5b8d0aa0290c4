/**
 * Tests of the write-ahead log, on a file system in memory that can be cut off and made to fail.
 */
@NullMarked
package io.memryx.persistence.internal.wal;

import org.jspecify.annotations.NullMarked;
