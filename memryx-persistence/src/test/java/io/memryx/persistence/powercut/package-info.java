/**
 * Every state that a power cut can leave of a store: scripts of a few calls are played on a real
 * store, everything that reaches the file system is recorded, and for every prefix of the recording
 * what may be on the disk then is made, opened and judged.
 *
 * <p>{@link io.memryx.persistence.powercut.Script} says what is called, {@link
 * io.memryx.persistence.powercut.Recording} plays it and keeps the {@link
 * io.memryx.persistence.powercut.Event}s, {@link io.memryx.persistence.powercut.Medium} knows what
 * is durable after a prefix and what is on its way, {@link
 * io.memryx.persistence.powercut.Survivors} are what is left of that, a {@link
 * io.memryx.persistence.powercut.Witness} says what must be found then (of a store by a {@link
 * io.memryx.persistence.powercut.Promise}, of a backup, a restore, or an opening after a crash),
 * and {@link io.memryx.persistence.powercut.Enumeration} goes through all of it.
 */
@NullMarked
package io.memryx.persistence.powercut;

import org.jspecify.annotations.NullMarked;
