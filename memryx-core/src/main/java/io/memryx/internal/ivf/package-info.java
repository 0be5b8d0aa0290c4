/** The cluster index: centroids, inverted lists, their scan, and the originals for rerank. */
@NullMarked
package io.memryx.internal.ivf;

import org.jspecify.annotations.NullMarked;
