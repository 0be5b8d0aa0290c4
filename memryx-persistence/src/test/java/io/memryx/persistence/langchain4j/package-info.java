/** LangChain4j's contract for embedding stores, kept by a collection behind a thin adapter. */
@NullMarked
package io.memryx.persistence.langchain4j;

import org.jspecify.annotations.NullMarked;
