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

  /// The share of the whole that lies in the inner half of the box, each way: how much narrower than the box the
  /// unit really looks. 0.25 for an even field.
  public var innerShare: Double {
    let shape = sizes.shape
    var (inner, all) = (0.0, 0.0)
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        let value = Double(sizes[0, 0, y, x])
        all += value
        let isInner =
          abs(Double(2 * y + 1 - shape.height)) * 2 <= Double(shape.height)
          && abs(Double(2 * x + 1 - shape.width)) * 2 <= Double(shape.width)
        if isInner { inner += value }
      }
    }
    return all > 0 ? inner / all : 0
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
        sizes: Tensor(rows: [[0]]), region: MapRegion(unit), units: 1, isMeasured: false)
    }
    let isMeasured = try !upTo(layer).isDifferentiable
    let gradient =
      isMeasured
      ? try measuredGradient(of: unit, in: layer, for: input, region)
      : try inputGradients(of: [unit], in: layer, for: input)
    return EffectiveField(
      sizes: sizes(gradient, example: 0, region), region: region, units: 1, isMeasured: isMeasured)
  }

  /// The mean effective field of a layer for a picture, over units spread evenly over all channels and places.
  ///
  /// Units whose fields lie within the picture are taken, as far as there are any.
  ///
  /// - Parameter limit: at most so many units.
  /// - Throws: as `inputGradients`; `NetworkError.notTrainable` for kernels without a backward pass.
  public func meanEffectiveField(
    in layer: String, for input: Tensor, limit: Int = 256
  ) throws -> EffectiveField {
    let shape = try upTo(layer).shapes(for: input.shape)[layer] ?? input.shape
    let chosen = try spreadUnits(layer, shape, input.shape, limit: limit)
    var sum: Tensor?
    // So many pictures at once as make about four million values.
    let batch = max(1, min(64, (1 << 22) / max(1, input.shape.count)))
    for start in stride(from: 0, to: chosen.count, by: batch) {
      let part = Array(chosen[start..<min(start + batch, chosen.count)])
      let gradients = try inputGradients(of: part.map(\.unit), in: layer, for: input)
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
      isMeasured: false)
  }

  private typealias PlacedUnit = (unit: UnitPosition, region: MapRegion)

  /// Units evenly spread, all with boxes of one size.
  private func spreadUnits(
    _ layer: String, _ shape: Shape, _ input: Shape, limit: Int
  ) throws -> [PlacedUnit] {
    var candidates: [PlacedUnit] = []
    for y in 0..<shape.height {
      for x in 0..<shape.width {
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
    guard count <= 4096, count * input.shape.count <= 1 << 32 else {
      throw KernelError.unusable(
        kernel: layer,
        problem: "has kernels without a backward pass, and its units see too much (\(count) values) to try "
          + "changing every one; take a smaller picture or filter")
    }
    let network = try upTo(layer)
    let step: Float = 1e-3
    var gradient = Tensor(shape: input.shape)
    for channel in 0..<input.shape.channels {
      for y in region.readRows {
        for x in region.readColumns {
          let results = try [step, -step].map { change -> Float in
            var changed = input
            changed[0, channel, y, x] += change
            return try network(changed)[unit: unit]
          }
          gradient[0, channel, y, x] = (results[0] - results[1]) / (2 * step)
        }
      }
    }
    return gradient
  }
}
