import TensorCore
import TensorOps

/// Canny's third step: of gradients side by side only the longest along their direction stays.
struct EdgeThinning: Sendable {
  /// [1, 1, H, W] each.
  let gx: Tensor
  let gy: Tensor
  let lengths: Tensor
  let low: Float
  let high: Float

  /// 0, `EdgeMarks.weak` (at least `low`) or `EdgeMarks.strong` (at least `high`) for every pixel. The
  /// outermost pixels have not all neighbours: they are 0, or left out of the result.
  func marks(isCropped: Bool) -> EdgeMarks {
    let input = lengths.shape
    let margin = isCropped ? 1 : 0
    let shape = Shape(channels: 1, height: input.height - 2 * margin, width: input.width - 2 * margin)
    let marks = Tensor.rowByRow(shape) { row, out in
      let y = row + margin
      for i in out.indices {
        let x = i + margin
        let isInside = y > 0 && y < input.height - 1 && x > 0 && x < input.width - 1
        out[i] = isInside ? mark(y * input.width + x, rowLength: input.width) : 0
      }
    }
    return EdgeMarks(shape: shape, values: marks.values)
  }

  private func mark(_ place: Int, rowLength: Int) -> Float {
    let length = lengths.values[place]
    guard length >= low, length > 0, isLongest(place, rowLength: rowLength) else { return 0 }
    return length >= high ? EdgeMarks.strong : EdgeMarks.weak
  }

  /// Whether neither the length one step ahead along the gradient nor the one behind is greater. A step reaches
  /// the square of neighbours between a straight and a diagonal one; `weight` says how near to the diagonal.
  private func isLongest(_ place: Int, rowLength: Int) -> Bool {
    let x = gx.values[place]
    let y = gy.values[place]
    let alongX = x > 0 ? 1 : -1
    let alongY = y > 0 ? rowLength : -rowLength
    let isSteep = abs(y) > abs(x)
    let straight = isSteep ? alongY : alongX
    let diagonal = alongX + alongY
    let weight = isSteep ? abs(x) / abs(y) : abs(y) / abs(x)
    let values = lengths.values
    let ahead = values[place + diagonal] * weight + values[place + straight] * (1 - weight)
    if ahead > values[place] { return false }
    let behind = values[place - diagonal] * weight + values[place - straight] * (1 - weight)
    return behind <= values[place]
  }
}

/// Canny's fourth step: the candidates for edges of one plane.
struct EdgeMarks {
  static let weak: Float = 0.5
  static let strong: Float = 1

  let shape: Shape
  var values: [Float]

  /// The plane with 1 for every strong mark and every weak one that a path of marks connects to it, 0 else.
  ///
  /// - Complexity: linear in the number of pixels.
  consuming func connected() -> Tensor {
    var pending: [Int] = []
    for start in values.indices where values[start] == Self.strong {
      pending.append(start)
      while let place = pending.popLast() {
        strengthenNeighbours(of: place, &pending)
      }
    }
    for i in values.indices where values[i] != Self.strong { values[i] = 0 }
    return Tensor(shape: shape, values: values)
  }

  private mutating func strengthenNeighbours(of place: Int, _ pending: inout [Int]) {
    let (y, x) = place.quotientAndRemainder(dividingBy: shape.width)
    for row in max(y - 1, 0)...min(y + 1, shape.height - 1) {
      for column in max(x - 1, 0)...min(x + 1, shape.width - 1) {
        let neighbour = row * shape.width + column
        if values[neighbour] == Self.weak {
          values[neighbour] = Self.strong
          pending.append(neighbour)
        }
      }
    }
  }
}
