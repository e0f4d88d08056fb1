import TensorCore

/// Every plane in another size. Each new value is the mean of the area that it covers, which also serves to
/// enlarge (as nearest neighbour with soft seams).
public func resized(_ input: Tensor, to size: Extent) -> Tensor {
  let shape = input.shape
  let rows = coverage(from: shape.height, to: size.height)
  let columns = coverage(from: shape.width, to: size.width)
  var values: [Float] = []
  values.reserveCapacity(shape.batch * shape.channels * size.count)
  input.values.withUnsafeBufferPointer { input in
    for plane in 0..<shape.batch * shape.channels {
      let first = plane * shape.planeCount
      for y in 0..<size.height {
        let row = rows[y]
        for x in 0..<size.width {
          let column = columns[x]
          var sum: Float = 0
          for j in 0..<row.shares.count {
            let start = first + (row.first + j) * shape.width + column.first
            var line: Float = 0
            for i in 0..<column.shares.count { line += input[start + i] * column.shares[i] }
            sum += line * row.shares[j]
          }
          values.append(sum)
        }
      }
    }
  }
  return Tensor(
    shape: Shape(batch: shape.batch, channels: shape.channels, height: size.height, width: size.width),
    values: values)
}

/// The old places that a new one covers, and their shares, which sum to 1.
private struct Coverage {
  let first: Int
  let shares: [Float]
}

private func coverage(from old: Int, to new: Int) -> [Coverage] {
  let step = Double(old) / Double(new)
  return (0..<new).map { index in
    let start = Double(index) * step
    let end = start + step
    let covered = (Int(start)..<min(old, Int(end.rounded(.up)))).map { place in
      (place: place, share: (min(end, Double(place + 1)) - max(start, Double(place))) / step)
    }
    // Rounding may leave a sliver at an end.
    let counted = covered.filter { $0.share > 1e-9 }
    return Coverage(first: counted.first?.place ?? 0, shares: counted.map { Float($0.share) })
  }
}
