/**
 * Entries on their way between files and collections, of a store's directory or of a server: what
 * the commands {@code import} and {@code export} do.
 */
@NullMarked
package io.memryx.server.exchange;

import org.jspecify.annotations.NullMarked;
