import TensorCore

/// Every plane in another size. Each new value is the mean of the area that it covers, which also serves to
/// enlarge (as nearest neighbour with soft seams).
public func resized(_ input: Tensor, to size: Extent) -> Tensor {
  let shape = input.shape
  let rows = coverage(from: shape.height, to: size.height)
  let columns = coverage(from: shape.width, to: size.width)
  var output = Tensor(
    shape: Shape(batch: shape.batch, channels: shape.channels, height: size.height, width: size.width))
  for n in 0..<shape.batch {
    for c in 0..<shape.channels {
      for (y, row) in rows.enumerated() {
        for (x, column) in columns.enumerated() {
          var sum: Float = 0
          for (j, rowShare) in row {
            var line: Float = 0
            for (i, share) in column { line += input[n, c, j, i] * share }
            sum += line * rowShare
          }
          output[n, c, y, x] = sum
        }
      }
    }
  }
  return output
}

/// For each new place, the old places that it covers and their shares, which sum to 1.
private func coverage(from old: Int, to new: Int) -> [[(place: Int, share: Float)]] {
  let step = Double(old) / Double(new)
  return (0..<new).map { index in
    let start = Double(index) * step
    let end = start + step
    return (Int(start)..<min(old, Int(end.rounded(.up)))).compactMap { place in
      let share = (min(end, Double(place + 1)) - max(start, Double(place))) / step
      return share > 1e-9 ? (place, Float(share)) : nil
    }
  }
}
