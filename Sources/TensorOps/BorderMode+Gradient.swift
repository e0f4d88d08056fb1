import TensorCore

extension NumericTensor {
  /// The backward pass of `padded(by:border:)`: what was read several times gets the sum of the derivatives.
  ///
  /// - Parameter edges: what the planes were enlarged by; they are made as much smaller.
  /// - Precondition: something is left between the edges.
  public func foldingPadding(_ edges: Edges, border: BorderMode) -> Self {
    if edges == .zero { return self }
    let inner = Extent(height: shape.height - edges.vertical, width: shape.width - edges.horizontal)
    precondition(inner.height > 0 && inner.width > 0, "edges \(edges) leave nothing of \(shape)")
    let rows = (0..<shape.height).map { border.source($0 - edges.top, count: inner.height) }
    let columns = (0..<shape.width).map { border.source($0 - edges.left, count: inner.width) }
    var result = Self(
      shape: Shape(
        batch: shape.batch, channels: shape.channels, height: inner.height, width: inner.width))
    for plane in 0..<shape.batch * shape.channels {
      for (y, row) in rows.enumerated() {
        guard let row else { continue }
        let from = plane * shape.planeCount + y * shape.width
        let to = plane * inner.count + row * inner.width
        for (x, column) in columns.enumerated() {
          if let column { result.values[to + column] += values[from + x] }
        }
      }
    }
    return result
  }
}
