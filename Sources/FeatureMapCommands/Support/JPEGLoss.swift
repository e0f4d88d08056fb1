import FeatureMap

/// How a JPEG file was written, as far as its own tables tell.
struct JPEGSettings: Equatable {
  /// The quantisation of brightness, in the file's order.
  let table: [Int]
  let subsampling: ChromaSubsampling

  /// `nil` for bytes that are no JPEG file with a table for its first component.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: [0xff, 0xd8]) else { return nil }
    var tables: [Int: [Int]] = [:]
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xff {
      let marker = bytes[position + 1]
      let end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
      guard end <= bytes.count, end >= position + 4 else { return nil }
      let content = bytes[position + 4..<end]
      switch marker {
      case 0xdb: Self.readTables(Array(content), into: &tables)
      case 0xc0...0xc2:
        let frame = Array(content)
        guard frame.count >= 9, let table = tables[Int(frame[8])] else { return nil }
        self.table = table
        switch frame[7] {
        case 0x22: subsampling = .both
        case 0x21: subsampling = .horizontal
        default: subsampling = .none
        }
        return
      case 0xda: return nil
      default: break
      }
      position = end
    }
    return nil
  }

  private static func readTables(_ content: [UInt8], into tables: inout [Int: [Int]]) {
    var place = 0
    while place < content.count {
      let isWide = content[place] >> 4 != 0
      let number = Int(content[place] & 15)
      let size = isWide ? 128 : 64
      guard place + 1 + size <= content.count else { return }
      tables[number] = (0..<64).map { i in
        let at = place + 1 + (isWide ? 2 * i : i)
        return isWide ? Int(content[at]) << 8 + Int(content[at + 1]) : Int(content[at])
      }
      place += 1 + size
    }
  }

  /// The quality whose table is nearest: exactly that of libjpeg's files.
  func quality() throws -> Int {
    let one = RasterImage(width: 8, height: 8, channels: 1, samples: .uint8([UInt8](repeating: 0, count: 64)))
    var best = (quality: 100, distance: Int.max)
    for quality in 1...100 {
      guard let other = JPEGSettings(try encodeJPEG(one, quality: quality)) else { continue }
      let distance = zip(table, other.table).reduce(0) { $0 + abs($1.0 - $1.1) }
      if distance < best.distance { best = (quality, distance) }
    }
    return best.quality
  }
}

/// Takes back what JPEG did to a kernel (indirect inference).
///
/// JPEG makes kernels weaker in a way that depends on pictures and kernel. But it can be done again: what a kernel w
/// makes of the picture before is stored as JPEG with the file's own quality, and a kernel T(w) is learned from
/// that. The w that is looked for gives what was learned from the file itself: T(w) = w0. The steps are
/// w += w0 - T(w).
/// Source: C. Gourieroux, A. Monfort, E. Renault, "Indirect Inference", Journal of Applied Econometrics 8, 1993.
struct JPEGUndoing {
  struct Pair {
    let example: KernelExample
    /// `nil` for a picture after that is no JPEG.
    let options: JPEGOptions?
  }

  let pairs: [Pair]
  let makeLearning: () throws -> KernelLearning
  let border: BorderMode?

  static let maximumSteps = 12

  /// The corrected kernel.
  func corrected(_ learned: LearnedKernel) throws -> LearnedKernel {
    var kernel = learned
    let largest = learned.weight.values.map { abs($0) }.max() ?? 0
    for _ in 0..<Self.maximumSteps {
      var learning = try makeLearning()
      for pair in pairs { try learning.add(try again(pair, kernel)) }
      let answer = try learning.leastSquares().kernel
      var weight = kernel.weight
      var change = 0.0
      for i in weight.values.indices {
        let step = learned.weight.values[i] - answer.weight.values[i]
        weight.values[i] += step
        change = max(change, abs(step))
      }
      let bias = kernel.bias.map { old in
        old.indices.map { old[$0] + (learned.bias?[$0] ?? 0) - (answer.bias?[$0] ?? 0) }
      }
      kernel = LearnedKernel(weight: weight, bias: bias)
      if change < 1e-5 * largest { break }
    }
    return kernel
  }

  /// The pair with what the kernel makes of the picture before, stored as the picture after is.
  private func again(_ pair: Pair, _ kernel: LearnedKernel) throws -> KernelExample {
    guard let options = pair.options else { return pair.example }
    let example = pair.example
    let isSmaller = example.after.shape.extent != example.before.shape.extent
    let bank = FilterBank(
      name: "learned", weight: kernel.weight.converted(to: Float.self),
      bias: kernel.bias.map { $0.map { Float($0) } },
      border: isSmaller ? .valid : FilterBorder(border ?? .reflect))
    let (zero, scale) = (Float(example.coding.zero), Float(example.coding.scale))
    let stored = try bank(Tensor(rows: example.before)).map { zero + $0 / scale }
    let bytes = try encodeJPEG(try RasterImage(tensor: stored), options: options)
    let decoded = try decodeImage(
      bytes, name: "the kernel's result", limits: ImageLimits(maximumPixels: .max))
    return KernelExample(
      before: example.before, after: MaskedRows(values: RasterRows(decoded), mask: example),
      border: example.border,
      clipping: example.clipping, coding: example.coding)
  }
}

/// Rows that are no numbers wherever another picture after does not count.
private struct MaskedRows: PictureRows {
  let values: RasterRows
  let mask: KernelExample
  var shape: Shape { values.shape }

  func readRow(_ row: Int, channel: Int, into goal: UnsafeMutableBufferPointer<Double>) {
    let width = shape.width
    withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { other in
      other.initialize(repeating: 0)
      mask.after.readRow(row, channel: channel, into: other)
      values.readRow(row, channel: channel, into: goal)
      for x in 0..<width where !mask.counts(other[x]) { goal[x] = .nan }
    }
  }
}

extension Tensor {
  /// All rows of a picture as floats.
  init(rows: any PictureRows) {
    let shape = rows.shape
    var values = [Float](repeating: 0, count: shape.count)
    let row = UnsafeMutableBufferPointer<Double>.allocate(capacity: shape.width)
    row.initialize(repeating: 0)
    defer { row.deallocate() }
    for channel in 0..<shape.channels {
      for y in 0..<shape.height {
        rows.readRow(y, channel: channel, into: row)
        let start = (channel * shape.height + y) * shape.width
        for x in 0..<shape.width { values[start + x] = Float(row[x]) }
      }
    }
    self.init(shape: shape, values: values)
  }
}
