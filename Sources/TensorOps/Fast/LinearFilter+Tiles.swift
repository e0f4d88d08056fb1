import CKernels
import TensorCore

// Unsafe pointers in this file: a tile tells what may be read; `output` holds the rows of the tile's results,
// `stride` apart; scratch rows are as long as the calls that use them say.

extension LinearFilter {
  /// Computes the results of a tile.
  ///
  /// - Parameters:
  ///   - output: where the tile's first result goes.
  ///   - stride: from one row of results to the next.
  ///   - streams: whether the results may go past the caches.
  func fill(
    _ tile: HaloTile, _ output: UnsafeMutablePointer<Float>, stride: Int, streams: Bool = false,
    loops: InnerLoops
  ) {
    switch form {
    case .dense(let weights):
      loops.correlate(tile.rows, weights, size, bias, tile.extent, output, stride, streams: streams)
    case .sparse(let taps):
      var job = fm_filter(kernel: size, results: tile.extent, stride: stride)
      loops.table.pointee.weigh_taps(&job, tile.rows, taps, Int32(taps.count), bias, output)
    case .separable(let weights):
      if let product = weights.shortProduct(loops) {
        var job = fm_filter(kernel: size, results: tile.extent, stride: stride, streams: streams)
        loops.table.pointee.separable_rows(&job, tile.rows, product.row + product.column, bias, output)
      } else {
        fill(tile, weights, output, stride, streams, loops)
      }
    }
  }

  /// Down the columns, some rows at a time, then along the rows that this gave.
  private func fill(
    _ tile: HaloTile, _ weights: SeparableWeights, _ output: UnsafeMutablePointer<Float>, _ stride: Int,
    _ streams: Bool, _ loops: InnerLoops
  ) {
    let terms = weights.columns.count
    let length = wholeVectors(tile.extent.width + size.width - 1)
    let perPart = tile.rowsOfPart(lines: terms, blockRows: loops.blockRows)
    withScratch(perPart * terms * length) { lines in
      // Line t of result row r is number r * terms + t.
      let list = (0..<perPart * terms).map { UnsafePointer(lines + $0 * length) as UnsafePointer<Float>? }
      tile.forEachPart(of: perPart) { part, first in
        for (t, column) in weights.columns.enumerated() {
          loops.correlate(
            part.rows + column.start, column.weights, Extent(height: column.weights.count, width: 1), 0,
            Extent(height: part.extent.height, width: part.extent.width + size.width - 1),
            lines + t * length, terms * length)
        }
        loops.correlate(
          list, weights.rows, Extent(height: terms, width: size.width), bias, part.extent,
          output + first * stride, stride, rowStep: terms, streams: streams)
      }
    }
  }
}

extension InnerLoops {
  /// Rows that a dense correlation works on together.
  var blockRows: Int { Int(table.pointee.filter_block_rows) }

  /// The longest column of a separable kernel that is best applied together with its row.
  var longestProduct: Int { Int(table.pointee.filter_longest_product) }

  fileprivate func correlate(
    _ rows: UnsafePointer<UnsafePointer<Float>?>, _ weights: [Float], _ kernel: Extent, _ bias: Float,
    _ results: Extent, _ output: UnsafeMutablePointer<Float>, _ stride: Int, rowStep: Int = 1,
    streams: Bool = false
  ) {
    var job = fm_filter(
      kernel: kernel, results: results, stride: stride, rowStep: rowStep, streams: streams)
    table.pointee.correlate_rows(&job, rows, weights, bias, output)
  }
}

extension fm_filter {
  init(kernel: Extent, results: Extent, stride: Int, rowStep: Int = 1, streams: Bool = false) {
    self.init(
      kernel_height: Int32(kernel.height), kernel_width: Int32(kernel.width), row_step: Int32(rowStep),
      width: Int32(results.width), height: Int32(results.height), stride: stride,
      streams: streams ? 1 : 0)
  }
}
