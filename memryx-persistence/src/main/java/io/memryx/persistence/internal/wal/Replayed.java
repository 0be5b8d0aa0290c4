package io.memryx.persistence.internal.wal;

/**
 * What was found in a log.
 *
 * @param changes number of changes after the snapshot
 * @param lastSequence the last of them; the snapshot's last one if there is none
 * @param droppedBytes size of what lies behind the last whole change: it was being written when the
 *     process or the machine ended, and was never acknowledged
 */
public record Replayed(long changes, long lastSequence, long droppedBytes) {}
