package io.memryx.bench.sample;

/**
 * One gloss of the sample.
 *
 * @param row its row in the data set
 * @param text the gloss
 * @param synset what it explains
 */
record SampleEntry(int row, String text, Synset synset) {}
