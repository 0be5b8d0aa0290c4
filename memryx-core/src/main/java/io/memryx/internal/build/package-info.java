/**
 * Making a cluster index: k-means, assignment, encoding; in parallel, with progress and
 * cancellation.
 */
@NullMarked
package io.memryx.internal.build;

import org.jspecify.annotations.NullMarked;
