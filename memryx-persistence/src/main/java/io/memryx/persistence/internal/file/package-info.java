/** Snapshot stores in files: the container, the manifest, the order of publication, inspection. */
@NullMarked
package io.memryx.persistence.internal.file;

import org.jspecify.annotations.NullMarked;
