/** Texts out of public sources, and how they become vectors. */
@NullMarked
package io.memryx.bench.text;

import org.jspecify.annotations.NullMarked;
