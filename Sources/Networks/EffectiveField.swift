import KernelAPI
import TensorCore

/// How much the values of a picture matter to units of a layer: the sizes of the derivatives, over all channels.
///
/// Source: W. Luo, Y. Li, R. Urtasun, R. Zemel, "Understanding the Effective Receptive Field in Deep Convolutional
/// Neural Networks", NIPS 2016.
public struct EffectiveField: Sendable {
  /// Sums over the channels of |d unit / d value|: [1, 1, rows, columns] of the box, or means of them over units.
  public let sizes: Tensor
  /// Where the box of a single unit lies on the picture; of a mean only its size tells something.
  public let region: MapRegion
  /// Over how many units the mean is taken; 1 for a single one.
  public let units: Int
  /// Whether the derivatives come from small changes of the picture instead of a backward pass.
  public let isMeasured: Bool

  /// The share of the whole that lies in the inner half of the box, each way: above `evenShare` where the unit looks
  /// at the middle more than at the rim.
  public var innerShare: Double {
    let all = sizes.values.reduce(0) { $0 + Double($1) }
    return all > 0 ? inner.reduce(0) { $0 + Double(sizes[0, 0, $1.y, $1.x]) } / all : 0
  }

  /// Which rows and columns of the box lie on the picture.
  let pictureRows: Range<Int>
  let pictureColumns: Range<Int>

  /// What `innerShare` would be if all values of the picture in the box mattered alike: about a quarter for a box
  /// that lies on the picture.
  public var evenShare: Double {
    let seen = inner.filter { pictureRows.contains($0.y) && pictureColumns.contains($0.x) }
    return Double(seen.count) / Double(max(1, pictureRows.count * pictureColumns.count))
  }

  /// - Parameter picture: the size of the input.
  init(sizes: Tensor, region: MapRegion, units: Int, isMeasured: Bool, picture: Extent) {
    self.sizes = sizes
    self.region = region
    self.units = units
    self.isMeasured = isMeasured
    func part(_ range: Range<Int>, _ count: Int) -> Range<Int> {
      let inside = range.clamped(to: 0..<count)
      return inside.lowerBound - range.lowerBound..<inside.upperBound - range.lowerBound
    }
    pictureRows = part(region.rows, picture.height)
    pictureColumns = part(region.columns, picture.width)
  }

  /// The places of the inner half.
  private var inner: [Offset] {
    func middle(_ count: Int) -> [Int] { (0..<count).filter { abs(2 * $0 + 1 - count) * 2 <= count } }
    return middle(sizes.shape.height).flatMap { y in
      middle(sizes.shape.width).map { Offset(y: y, x: $0) }
    }
  }
}

extension Network {
  /// The effective field of one unit for a picture.
  ///
  /// - Throws: as `inputGradients`; `KernelError.unusable` for a kernel without backward pass whose field is too
  ///   large to change every value of.
  public func effectiveField(
    of unit: UnitPosition, in layer: String, for input: Tensor
  ) throws -> EffectiveField {
    guard let region = try regions(of: unit, in: layer, input: input.shape)[Self.inputName] else {
      return EffectiveField(
        sizes: Tensor(rows: [[0]]), region: MapRegion(unit), units: 1, isMeasured: false,
        picture: input.shape.extent)
    }
    let isMeasured = try !upTo(layer).isDifferentiable
    let gradient =
      isMeasured
      ? try measuredGradient(of: unit, in: layer, for: input, region)
      : try inputGradients(of: [unit], in: layer, for: input)
    return EffectiveField(
      sizes: sizes(gradient, example: 0, region), region: region, units: 1, isMeasured: isMeasured,
      picture: input.shape.extent)
  }

  /// The mean effective field of a layer for a picture, over units spread evenly over all channels and places.
  ///
  /// Units whose fields lie within the picture are taken, as far as there are any.
  ///
  /// - Parameter limit: at most so many units; fewer for large pictures, which take longer.
  /// - Throws: as `effectiveField`.
  public func meanEffectiveField(
    in layer: String, for input: Tensor, limit: Int = 256
  ) throws -> EffectiveField {
    let shape = try upTo(layer).shapes(for: input.shape)[layer] ?? input.shape
    let isMeasured = try !upTo(layer).isDifferentiable
    let most = isMeasured ? 16 : max(16, (1 << 24) / max(1, input.shape.count))
    let chosen = try spreadUnits(layer, shape, input.shape, limit: min(limit, most))
    var sum: Tensor?
    // So many pictures at once as make about four million values.
    let batch = isMeasured ? 1 : max(1, min(64, (1 << 22) / max(1, input.shape.count)))
    for start in stride(from: 0, to: chosen.count, by: batch) {
      let part = Array(chosen[start..<min(start + batch, chosen.count)])
      let gradients =
        isMeasured
        ? try measuredGradient(of: part[0].unit, in: layer, for: input, part[0].region)
        : try inputGradients(of: part.map(\.unit), in: layer, for: input)
      for (example, item) in part.enumerated() {
        let sizes = sizes(gradients, example: example, item.region)
        sum = try sum.map { try Self.sum($0, sizes) } ?? sizes
      }
    }
    guard let sum, let first = chosen.first else {
      throw NetworkError.layer(layer, problem: "has no value that sees the picture")
    }
    return EffectiveField(
      sizes: sum.map { $0 / Float(chosen.count) }, region: first.region, units: chosen.count,
      isMeasured: isMeasured, picture: input.shape.extent)
  }

  private typealias PlacedUnit = (unit: UnitPosition, region: MapRegion)

  /// Units evenly spread, all with boxes of one size.
  private func spreadUnits(
    _ layer: String, _ shape: Shape, _ input: Shape, limit: Int
  ) throws -> [PlacedUnit] {
    var candidates: [PlacedUnit] = []
    // Of a large map not every place is looked at.
    for y in stride(from: 0, to: shape.height, by: 1 + shape.height / 64) {
      for x in stride(from: 0, to: shape.width, by: 1 + shape.width / 64) {
        let unit = UnitPosition(channel: 0, y: y, x: x)
        if let region = try regions(of: unit, in: layer, input: input)[Self.inputName] {
          candidates.append((unit, region))
        }
      }
    }
    let whole = candidates.filter {
      $0.region.rows.clamped(to: 0..<input.height) == $0.region.rows
        && $0.region.columns.clamped(to: 0..<input.width) == $0.region.columns
    }
    if !whole.isEmpty { candidates = whole }
    let total = candidates.count * shape.channels
    let step = max(1, (total + limit - 1) / limit)
    let spread = stride(from: step / 2, to: total, by: step).map { index -> PlacedUnit in
      var item = candidates[index % candidates.count]
      item.unit.channel = index / candidates.count
      return item
    }
    guard let first = spread.first else { return [] }
    return spread.filter {
      $0.region.rows.count == first.region.rows.count
        && $0.region.columns.count == first.region.columns.count
    }
  }

  /// |gradient| summed over the channels, on the region's box; 0 beyond the border.
  private func sizes(_ gradient: Tensor, example: Int, _ region: MapRegion) -> Tensor {
    let shape = gradient.shape
    var sizes = Tensor(
      shape: Shape(channels: 1, height: region.rows.count, width: region.columns.count))
    for y in region.rows.clamped(to: 0..<shape.height) {
      for x in region.columns.clamped(to: 0..<shape.width) {
        for c in 0..<shape.channels {
          sizes[0, 0, y - region.rows.lowerBound, x - region.columns.lowerBound] += abs(
            gradient[example, c, y, x])
        }
      }
    }
    return sizes
  }

  private var isDifferentiable: Bool {
    nodes.allSatisfy { $0.kernel is any DifferentiableKernel || $0.kernel is any JoiningKernel }
  }

  /// The derivative by trying small changes of every value of a region.
  private func measuredGradient(
    of unit: UnitPosition, in layer: String, for input: Tensor, _ region: MapRegion
  ) throws -> Tensor {
    let count = region.readRows.count * region.readColumns.count * input.shape.channels
    guard count <= 4096 else {
      throw KernelError.unusable(
        kernel: layer,
        problem: "has kernels without a backward pass, and its units see too much (\(count) values) to try "
          + "changing every one; take a smaller picture or filter")
    }
    let network = try upTo(layer)
    let field = network.receptiveFields()[layer] ?? .input
    let window: Window =
      field.isGlobal || network.nodes.contains { $0.kernel is any WholeInputKernel }
      ? .global : .local(size: field.size, stride: field.jump, offset: field.first, dilation: .one)
    let probe = try Perturbation(
      window: window, input: input, value: try network(input)[unit: unit], unit: unit, step: 1e-3
    ) { try network($0) }
    var gradient = Tensor(shape: input.shape)
    for channel in 0..<input.shape.channels {
      for y in region.readRows {
        for x in region.readColumns {
          gradient[0, channel, y, x] = try probe.derivative(channel: channel, Offset(y: y, x: x))
        }
      }
    }
    return gradient
  }
}
