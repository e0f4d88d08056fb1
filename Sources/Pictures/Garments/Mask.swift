import TensorCore

/// Which pixels of a picture belong to something.
struct Mask: Equatable {
  let extent: Extent
  /// Row by row.
  var values: [Bool]

  var count: Int { values.count { $0 } }
  /// Part of all pixels, 0...1.
  var share: Double { Double(count) / Double(extent.count) }

  subscript(y: Int, x: Int) -> Bool { values[y * extent.width + x] }

  /// The rows and columns from the first to the last pixel that belongs; `nil` when none does.
  var box: (rows: Range<Int>, columns: Range<Int>)? {
    let rows = (0..<extent.height).filter { y in (0..<extent.width).contains { self[y, $0] } }
    let columns = (0..<extent.width).filter { x in (0..<extent.height).contains { self[$0, x] } }
    guard let top = rows.first, let bottom = rows.last, let left = columns.first, let right = columns.last
    else { return nil }
    return (top..<bottom + 1, left..<right + 1)
  }

  /// Shape [1, 1, height, width], 0 and 1.
  var tensor: Tensor {
    Tensor(
      shape: Shape(channels: 1, height: extent.height, width: extent.width),
      values: values.map { $0 ? 1 : 0 })
  }

  static func & (left: Mask, right: Mask) -> Mask {
    Mask(extent: left.extent, values: zip(left.values, right.values).map { $0 && $1 })
  }

  static prefix func ! (mask: Mask) -> Mask {
    Mask(extent: mask.extent, values: mask.values.map { !$0 })
  }
}

// Morphology with a square of 3x3; beyond the border lies what keeps the mask as it is.
extension Mask {
  func eroded(times: Int = 1) -> Mask {
    (0..<times).reduce(self) { mask, _ in mask.swept { $0 && $1 } }
  }

  func dilated(times: Int = 1) -> Mask {
    (0..<times).reduce(self) { mask, _ in mask.swept { $0 || $1 } }
  }

  /// Without what is thinner than three pixels.
  var opened: Mask { eroded().dilated() }

  /// With gaps and notches filled that are narrower than twice `radius` and one.
  func closed(radius: Int) -> Mask { dilated(times: radius).eroded(times: radius) }

  private func swept(_ join: (Bool, Bool) -> Bool) -> Mask {
    let (height, width) = (extent.height, extent.width)
    var rows = values
    for y in 0..<height {
      for x in 0..<width {
        let place = y * width + x
        var value = values[place]
        if x > 0 { value = join(value, values[place - 1]) }
        if x < width - 1 { value = join(value, values[place + 1]) }
        rows[place] = value
      }
    }
    var result = rows
    for place in 0..<height * width {
      if place >= width { result[place] = join(result[place], rows[place - width]) }
      if place < (height - 1) * width { result[place] = join(result[place], rows[place + width]) }
    }
    return Mask(extent: extent, values: result)
  }
}

extension Mask {
  /// The sets of pixels that hang together by their edges, as places.
  var components: [[Int]] {
    var open = values
    var found: [[Int]] = []
    for start in open.indices where open[start] {
      open[start] = false
      var members = [start]
      var next = 0
      while next < members.count {
        let place = members[next]
        next += 1
        let x = place % extent.width
        let neighbours = [
          x > 0 ? place - 1 : place, x < extent.width - 1 ? place + 1 : place, place - extent.width,
          place + extent.width,
        ]
        for neighbour in neighbours where open.indices.contains(neighbour) && open[neighbour] {
          open[neighbour] = false
          members.append(neighbour)
        }
      }
      found.append(members)
    }
    return found
  }

  /// Only what hangs together and is at least this share of the largest such piece.
  func keepingPieces(atLeast share: Double) -> Mask {
    let pieces = components
    let largest = pieces.map(\.count).max() ?? 0
    var result = Mask(extent: extent, values: Array(repeating: false, count: values.count))
    for piece in pieces where Double(piece.count) >= share * Double(largest) {
      for place in piece { result.values[place] = true }
    }
    return result
  }

  /// With holes filled that are smaller than this share of the mask; larger ones are seen through, as handles
  /// are.
  func fillingHoles(below share: Double) -> Mask {
    let limit = share * Double(count)
    var result = self
    for hole in (!self).components where Double(hole.count) < limit && !hole.contains(where: isOnBorder) {
      for place in hole { result.values[place] = true }
    }
    return result
  }

  private func isOnBorder(_ place: Int) -> Bool {
    let y = place / extent.width
    let x = place % extent.width
    return y == 0 || x == 0 || y == extent.height - 1 || x == extent.width - 1
  }
}
