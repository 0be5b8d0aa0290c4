/**
 * Whole processes that are killed, starved, cut from their disk and stopped while they write, and
 * what is left of their stores.
 *
 * <p>A {@link io.memryx.persistence.crash.Victim} is a process that does what a {@link
 * io.memryx.persistence.crash.Script} says and notes in a {@link
 * io.memryx.persistence.crash.AckJournal} what it tried and what was acknowledged. A {@link
 * io.memryx.persistence.crash.Oracle} compares that with what a {@link
 * io.memryx.persistence.crash.Recovered} store has.
 */
@NullMarked
package io.memryx.persistence.crash;

import org.jspecify.annotations.NullMarked;
