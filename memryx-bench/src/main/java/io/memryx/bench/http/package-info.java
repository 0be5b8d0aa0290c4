/** The scripted run over HTTP: load, finalize, restart, and nothing may differ. */
@NullMarked
package io.memryx.bench.http;

import org.jspecify.annotations.NullMarked;
