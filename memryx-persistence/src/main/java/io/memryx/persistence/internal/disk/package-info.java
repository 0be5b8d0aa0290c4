/** The file system as a store uses it: a few operations, the threads they run on, who may write. */
@NullMarked
package io.memryx.persistence.internal.disk;

import org.jspecify.annotations.NullMarked;
