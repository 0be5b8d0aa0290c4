package io.memryx.server.exchange;

import io.memryx.server.http.EntryLines;
import io.memryx.server.http.LineReader;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Entries that are JSON, one a line. */
final class LineSource implements EntrySource {
  static final long UNKNOWN_SIZE = -1;

  private final InputStream in;
  private final long size;
  private final LineReader lines;
  private final EntryLines entries = new EntryLines();

  LineSource(InputStream in, long size) {
    this.in = in;
    this.size = size;
    this.lines = new LineReader(in);
  }

  @Override
  public Optional<Candidate> next() throws IOException {
    return lines.next().map(this::candidate);
  }

  private Candidate candidate(LineReader.Line line) {
    String place = "line " + line.number();
    try {
      return new Candidate.Found(place, entries.read(line.bytes()));
    } catch (ProblemException e) {
      Problem problem = e.problem();
      return new Candidate.Faulty(place, problem.detail() + ": " + problem.hint());
    }
  }

  @Override
  public double fraction() {
    return size == UNKNOWN_SIZE ? Double.NaN : (double) lines.bytesRead() / Math.max(1, size);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
