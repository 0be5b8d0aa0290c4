package io.memryx.internal.build;

/**
 * How far a second moment from few rows is drawn towards the matrix that treats all varying
 * dimensions alike: oracle approximating shrinkage (Chen, Wiesel, Eldar and Hero, "Shrinkage
 * algorithms for MMSE covariance estimation", IEEE TSP 2010, equation 23). Nothing happens where
 * rows abound. Dimensions that are always zero stay so.
 */
final class Shrinkage {
  private Shrinkage() {}

  /** Shrinks in place a second moment of so many rows. */
  static void apply(double[][] moment, int rows) {
    double trace = 0;
    double squares = 0;
    int varying = 0;
    for (int i = 0; i < moment.length; i++) {
      trace += moment[i][i];
      varying += moment[i][i] > 0 ? 1 : 0;
      for (double component : moment[i]) {
        squares += component * component;
      }
    }
    if (varying == 0) {
      return;
    }
    double share = share(trace * trace, squares, rows, varying);
    double mean = trace / varying;
    for (int i = 0; i < moment.length; i++) {
      double diagonal = moment[i][i];
      for (int j = 0; j < moment.length; j++) {
        moment[i][j] *= 1 - share;
      }
      moment[i][i] = diagonal > 0 ? moment[i][i] + share * mean : 0;
    }
  }

  private static double share(double squaredTrace, double squares, int rows, int varying) {
    double spread = squares - squaredTrace / varying;
    double noise = (1 - 2.0 / varying) * squares + squaredTrace;
    double bound = (rows + 1 - 2.0 / varying) * spread;
    return bound <= 0 ? 1 : Math.clamp(noise / bound, 0, 1);
  }
}
