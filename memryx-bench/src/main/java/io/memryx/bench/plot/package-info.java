/** Charts as SVG files that need nothing else: no script, no font, no network. */
@NullMarked
package io.memryx.bench.plot;

import org.jspecify.annotations.NullMarked;
