import CKernels
import TensorCore

// Unsafe pointers in this file are bounded by the counts of the tensors that they belong to; scratch rows hold a
// part of a tile.

/// What is made of a gradient, the results x and y of two filters.
package enum GradientPart: Sendable, CaseIterable {
  /// `sqrt(x * x + y * y)`
  case length
  /// `|x| + |y|`
  case absoluteSum
  /// `atan2(y, x)` in radians; 0 where both are 0.
  case angle

  fileprivate var code: fm_gradient_part {
    switch self {
    case .length: FM_GRADIENT_LENGTH
    case .absoluteSum: FM_GRADIENT_SUM
    case .angle: FM_GRADIENT_ANGLE
    }
  }
}

/// One part of the gradient that two filters of one size measure, plane by plane.
///
/// Both filters' results exist for a few rows at a time only.
///
/// - Parameter streams: whether results may go past the caches; unless told, where they are many.
/// - Throws: as `filterPlanes`.
package func gradientPlanes(
  _ input: Tensor, x: LinearFilter, y: LinearFilter, part: GradientPart, border: BorderMode?,
  loops: InnerLoops = .best, streams: Bool? = nil
) throws -> Tensor {
  precondition(x.size == y.size, "the filters of a gradient differ in size: \(x.size), \(y.size)")
  if input.shape.count == 0 { return input }
  if usesReferenceOnly { return try Reference.gradientPlanes(input, x: x, y: y, part: part, border: border) }
  let sweep = try HaloSweep(input.shape, window: x.size, border: border)
  let streams = streams ?? sweep.outgrowsCaches
  return Tensor(shape: sweep.output) { buffer in
    guard let base = buffer.baseAddress else { return }
    let output = Shared(base)
    sweep.forEachTile(of: input) { tile in
      fillGradient(
        tile, output.base + tile.place, x: x, y: y, part: part, streams: streams, loops: loops)
    }
  }
}

private func fillGradient(
  _ tile: HaloTile, _ output: UnsafeMutablePointer<Float>, x: LinearFilter, y: LinearFilter,
  part: GradientPart, streams: Bool, loops: InnerLoops
) {
  if let xs = x.shortProduct(loops), let ys = y.shortProduct(loops), x.bias == 0, y.bias == 0 {
    var job = fm_filter(kernel: x.size, results: tile.extent, stride: tile.rowLength, streams: streams)
    loops.table.pointee.separable_gradient(
      &job, tile.rows, xs.row + ys.row + xs.column + ys.column, part.code, output)
    return
  }
  let length = wholeVectors(tile.extent.width)
  let perPart = tile.rowsOfPart(lines: 4, blockRows: loops.blockRows)
  withScratch(2 * perPart * length) { gx in
    let gy = gx + perPart * length
    tile.forEachPart(of: perPart) { rows, first in
      x.fill(rows, gx, stride: length, loops: loops)
      y.fill(rows, gy, stride: length, loops: loops)
      var job = fm_filter(kernel: .one, results: rows.extent, stride: tile.rowLength)
      loops.table.pointee.gradient_rows(
        &job, gx, gy, length, part.code, output + first * tile.rowLength)
    }
  }
}

extension LinearFilter {
  fileprivate func shortProduct(_ loops: InnerLoops) -> Product? {
    guard case .separable(let weights) = form else { return nil }
    return weights.shortProduct(loops)
  }
}
