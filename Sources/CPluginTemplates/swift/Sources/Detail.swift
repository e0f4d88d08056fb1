import FeatureMapPluginKit

/// Differences to the surroundings made stronger: x + amount * (x - mean of the window around x).
///
/// Every channel by itself; beyond the border lies the nearest pixel.
struct Detail: Kernel {
  let amount: Float
  let radius: Int

  /// What the program shows as help, and what it checks settings against.
  static let descriptor = KernelDescriptor(
    name: "my-plugin", summary: "Differences to the surroundings made stronger",
    details: "x + amount * (x - mean of the window)",
    parameters: [
      ParameterDescriptor("amount", .number(default: 1, in: 0...10), "how much stronger"),
      ParameterDescriptor(
        "radius", .integer(default: 2, in: 1...15), unit: "px", "how far the surroundings reach"),
    ])

  /// The values are checked: each is of its kind and in its range.
  init(_ values: ParameterValues) {
    amount = Float(values.number("amount"))
    radius = values.integer("radius")
  }

  /// Which pixels a result depends on.
  var window: Window { .centered(Extent(2 * radius + 1)) }

  func outputShape(for input: Shape) throws -> Shape { input }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shape = input.shape
    let count = Float((2 * radius + 1) * (2 * radius + 1))
    var output = Tensor(shape: shape)
    for n in 0..<shape.batch {
      for c in 0..<shape.channels {
        for y in 0..<shape.height {
          for x in 0..<shape.width {
            var sum: Float = 0
            for row in y - radius...y + radius {
              for column in x - radius...x + radius {
                sum += input[n, c, min(max(row, 0), shape.height - 1), min(max(column, 0), shape.width - 1)]
              }
            }
            let value = input[n, c, y, x]
            output[n, c, y, x] = value + amount * (value - sum / count)
          }
        }
      }
    }
    return output
  }
}
