/** Metadata as bytes, and which of it passes a filter: by looking at each, or by an index. */
@NullMarked
package io.memryx.internal.metadata;

import org.jspecify.annotations.NullMarked;
