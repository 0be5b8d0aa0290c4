/**
 * Collections against a plain map: random sequences of operations are played on both, and where
 * they disagree, the sequence is shrunk to what it takes.
 *
 * <p>A {@link io.memryx.persistence.model.Sequence} is a setup and operations; {@link
 * io.memryx.persistence.model.SequenceGenerator} makes one of a seed, {@link
 * io.memryx.persistence.model.Player} plays it on a {@link io.memryx.persistence.model.Home}'s
 * collection and on a {@link io.memryx.persistence.model.Model}, {@link
 * io.memryx.persistence.model.NeighborLaws} says what a search may answer, and {@link
 * io.memryx.persistence.model.Shrinker} makes a failing one small.
 */
@NullMarked
package io.memryx.persistence.model;

import org.jspecify.annotations.NullMarked;
