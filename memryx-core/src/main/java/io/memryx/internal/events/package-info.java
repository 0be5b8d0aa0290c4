/** What the engine tells flight recordings; where the JDK has no recorder, nothing. */
@NullMarked
package io.memryx.internal.events;

import org.jspecify.annotations.NullMarked;
