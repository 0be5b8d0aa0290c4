package io.memryx.internal.build;

import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.Training;
import io.memryx.internal.quantization.CodeRows;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.internal.quantization.SignBlocks;
import java.util.Arrays;

/**
 * An index whose codes are being filled in, and where in it each row belongs. Threads may fill
 * different rows at the same time.
 */
final class IndexLayout {
  private final Assignment assigned;
  private final ClusterIndex index;

  /** Position of each row, and its place among the spilled ones. */
  private final int[] positions;

  private final int[] spilledPlaces;

  private IndexLayout(
      Assignment assigned, ClusterIndex index, int[] positions, int[] spilledPlaces) {
    this.assigned = assigned;
    this.index = index;
    this.positions = positions;
    this.spilledPlaces = spilledPlaces;
  }

  /** An index without codes yet. */
  static IndexLayout allocate(
      Assignment assigned,
      Centroids centroids,
      ResidualQuantizer quantizer,
      SignBlocks.Addends addends,
      Training training) {
    int listCount = centroids.count();
    var lists = InvertedLists.of(assigned.first(), listCount);
    int[] positions = lists.positions();
    var spilledRows = InvertedLists.of(assigned.second(), listCount);
    int[] spilledPlaces = spilledRows.positions();
    int[] held = Arrays.stream(spilledRows.ordinals()).map(row -> positions[row]).toArray();
    var spilled = new InvertedLists(spilledRows.starts(), held);
    int scanned = positions.length + held.length;
    var index =
        new ClusterIndex(
            centroids,
            lists,
            spilled,
            quantizer,
            SignBlocks.allocate(scanned, quantizer.shape().columns(), addends),
            CodeRows.allocate(positions.length, quantizer.shape().rowBytes()),
            training);
    return new IndexLayout(assigned, index, positions, spilledPlaces);
  }

  /** An index that is there. */
  static IndexLayout of(ClusterIndex index) {
    int[] positions = index.lists().positions();
    int[] placeOfPosition = index.spilled().positions();
    Assignment assigned =
        index.isSpilled()
            ? Assignment.toTwoLists(positions.length)
            : Assignment.toOneList(positions.length);
    int[] spilledPlaces = new int[placeOfPosition.length];
    for (int row = 0; row < positions.length; row++) {
      assigned.first()[row] = index.lists().listOf(positions[row]);
      if (index.isSpilled()) {
        spilledPlaces[row] = placeOfPosition[positions[row]];
        assigned.second()[row] = index.spilled().listOf(spilledPlaces[row]);
      }
    }
    return new IndexLayout(assigned, index, positions, spilledPlaces);
  }

  /** Whether rows have a second list. */
  boolean isSpilled() {
    return assigned.isSpilled();
  }

  private int ownScanPosition(int row) {
    return index.ownScanPosition(assigned.first()[row], positions[row]);
  }

  private int spilledScanPosition(int row) {
    return index.spilledScanPosition(assigned.second()[row], spilledPlaces[row]);
  }

  /** Takes the code of a row from what a tile encoded last. */
  void putCode(int row, ResidualTile tile, int tileRow) {
    index.signs().put(ownScanPosition(row), tile.encoder(), tileRow, tile.addend(tileRow));
    index.codes().put(positions[row], tile.encoder(), tileRow);
  }

  /** Takes the signs of a row to its second centroid from what a tile encoded last. */
  void putSpilled(int row, ResidualTile tile, int tileRow) {
    index.signs().put(spilledScanPosition(row), tile.encoder(), tileRow, tile.addend(tileRow));
  }

  /** Takes all of a row from the same row of another index with the same centroids, as it is. */
  void putRow(int row, IndexLayout source, int sourceRow) {
    index
        .signs()
        .put(ownScanPosition(row), source.index.signs(), source.ownScanPosition(sourceRow));
    index.codes().put(positions[row], source.index.codes(), source.positions[sourceRow]);
    if (isSpilled()) {
      index
          .signs()
          .put(
              spilledScanPosition(row),
              source.index.signs(),
              source.spilledScanPosition(sourceRow));
    }
  }

  /** The lists of a row. */
  Assignment assigned() {
    return assigned;
  }

  /** The index, when all rows have been put. */
  ClusterIndex index() {
    return index;
  }
}
