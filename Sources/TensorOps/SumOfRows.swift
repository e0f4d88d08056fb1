import CKernels

/// Writes the sums of several rows of `count` floats, added in the order of the rows, to `goal`, which may be one of
/// them.
package func sumRows(
  _ rows: [UnsafePointer<Float>], count: Int, into goal: UnsafeMutablePointer<Float>,
  loops: InnerLoops = .best
) {
  rows.map { $0 as UnsafePointer<Float>? }.withUnsafeBufferPointer { pointers in
    loops.table.pointee.sum_rows(pointers.baseAddress, Int32(rows.count), count, goal)
  }
}
