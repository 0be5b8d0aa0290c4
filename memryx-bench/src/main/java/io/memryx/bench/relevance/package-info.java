/** Whether answers are what a reader looked for: rank measures on judged queries, held in pairs. */
@NullMarked
package io.memryx.bench.relevance;

import org.jspecify.annotations.NullMarked;
