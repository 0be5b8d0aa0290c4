package io.memryx.internal.metadata;

/** Rows in another order than they lie in. */
public final class ReorderedRows implements EncodedRows {
  private final EncodedRows rows;
  private final int[] order;

  /**
   * Rows in an order.
   *
   * @param order for each place the row that comes to be there; not to be changed any more
   */
  public ReorderedRows(EncodedRows rows, int[] order) {
    this.rows = rows;
    this.order = order;
  }

  @Override
  public int size() {
    return order.length;
  }

  @Override
  public byte[] array(int row) {
    return rows.array(order[row]);
  }

  @Override
  public int start(int row) {
    return rows.start(order[row]);
  }

  @Override
  public int end(int row) {
    return rows.end(order[row]);
  }
}
