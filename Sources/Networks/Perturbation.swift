import KernelAPI
import TensorCore

/// Tries what single values of a picture do to a unit of a kernel or network.
struct Perturbation {
  private let function: (Tensor) throws -> Tensor
  private let step: Float
  /// The part of the picture that is enough.
  private let input: Tensor
  private let unit: UnitPosition
  private let origin: Offset

  /// - Parameters:
  ///   - window: what a unit sees of the picture.
  ///   - value: of the unit.
  ///   - function: gives the map that has the unit.
  init(
    window: Window, input: Tensor, value: Float, unit: UnitPosition, step: Float,
    function: @escaping (Tensor) throws -> Tensor
  ) throws {
    self.function = function
    self.step = step
    // A part is taken only if the value there is the very same.
    if let part = Crop(window, around: unit, in: input), let output = try? function(part.input),
      part.unit.isInside(output.shape), output[unit: part.unit] == value
    {
      (self.input, self.unit, origin) = (part.input, part.unit, part.origin)
    } else {
      (self.input, self.unit, origin) = (input, unit, .zero)
    }
  }

  /// (f(v + step) - f(v - step)) / (2 step), with v the value at a place of the whole picture.
  func derivative(channel: Int, _ place: Offset) throws -> Float {
    let (y, x) = (place.y - origin.y, place.x - origin.x)
    guard y >= 0, x >= 0, y < input.shape.height, x < input.shape.width else { return 0 }
    func result(_ change: Float) throws -> Double {
      var changed = input
      changed[0, channel, y, x] += change
      return Double(try function(changed)[unit: unit])
    }
    return Float((try result(step) - result(-step)) / (2 * Double(step)))
  }
}

/// The surroundings of a unit's window, so that large pictures need not be filtered for a single value. The
/// picture's own border stays the border where it is near.
private struct Crop {
  let input: Tensor
  let unit: UnitPosition
  let origin: Offset

  init?(_ window: Window, around unit: UnitPosition, in input: Tensor) {
    guard case .local(let size, let stride, let offset, let dilation) = window else { return nil }
    func range(_ place: Int, _ count: Int, _ size: Int, _ step: Int, _ first: Int) -> Range<Int> {
      let low = place * step + first - size
      let start = max(0, low) / step * step
      return start..<max(start, min(count, low + 3 * size))
    }
    let shape = input.shape
    let rows = range(
      unit.y, shape.height, (size.height - 1) * dilation.height + 1, stride.height, offset.y)
    let columns = range(unit.x, shape.width, (size.width - 1) * dilation.width + 1, stride.width, offset.x)
    guard !rows.isEmpty, !columns.isEmpty else { return nil }
    origin = Offset(y: rows.lowerBound, x: columns.lowerBound)
    self.unit = UnitPosition(
      channel: unit.channel, y: unit.y - rows.lowerBound / stride.height,
      x: unit.x - columns.lowerBound / stride.width)
    self.input = input.cropped(rows: rows, columns: columns)
  }
}

extension NumericTensor {
  /// Some rows and columns of every plane.
  package func cropped(rows range: Range<Int>, columns: Range<Int>) -> Self {
    let part = rows(range)
    let goal = Shape(
      batch: shape.batch, channels: shape.channels, height: range.count, width: columns.count)
    var values: [Scalar] = []
    values.reserveCapacity(goal.count)
    for row in 0..<shape.batch * shape.channels * range.count {
      values += part.values[row * shape.width + columns.lowerBound..<row * shape.width + columns.upperBound]
    }
    return Self(shape: goal, values: values)
  }
}
