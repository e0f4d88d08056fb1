import FeatureMapPluginKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The picture as a landscape, brightness being height, as a lamp shows it.
///
/// Every channel by itself, [N, C, H, W] to [N, C, H, W]. A value is the cosine between the light and the
/// slope, 0 (in shadow or away from the light) to 1 (turned to it). The slopes are Horn's, a 3x3 window; beyond
/// the border lies the nearest pixel.
struct Relief: Kernel {
  /// The way to the light: to the right, downwards, up out of the picture; of length 1.
  let light: (right: Float, down: Float, up: Float)
  /// The height of white above black, in pixels.
  let height: Float

  static let descriptor = KernelDescriptor(
    name: "relief", summary: "The picture as a landscape, lit from one side",
    details: """
      max(0, n . l), n being the normal (-dx, -dy, 1) of the surface and l the way to the light. The slopes are \
      those of Horn, Hill Shading and the Reflectance Map, 1981.
      """,
    parameters: [
      ParameterDescriptor(
        "azimuth", .number(default: 315, in: 0...360), unit: "degrees",
        "where the light stands, clockwise: 0 above the picture, 90 to its right"),
      ParameterDescriptor(
        "elevation", .number(default: 45, in: 0...90), unit: "degrees", "how high the light stands"),
      ParameterDescriptor(
        "height", .number(default: 4, in: 0...1000), unit: "px", "the height of white above black"),
    ])

  init(_ values: ParameterValues) {
    let azimuth = values.number("azimuth") * .pi / 180
    let elevation = values.number("elevation") * .pi / 180
    light = (
      Float(sin(azimuth) * cos(elevation)), Float(-cos(azimuth) * cos(elevation)), Float(sin(elevation))
    )
    height = Float(values.number("height"))
  }

  /// Each value is made of the 3x3 pixels around it.
  var window: Window { .centered(Extent(3)) }

  func outputShape(for input: Shape) throws -> Shape { input }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shape = input.shape
    var output = Tensor(shape: shape)
    for n in 0..<shape.batch {
      for c in 0..<shape.channels {
        for y in 0..<shape.height {
          let (above, below) = (max(y - 1, 0), min(y + 1, shape.height - 1))
          for x in 0..<shape.width {
            let (left, right) = (max(x - 1, 0), min(x + 1, shape.width - 1))
            func at(_ y: Int, _ x: Int) -> Float { input[n, c, y, x] }
            let dx =
              (at(above, right) + 2 * at(y, right) + at(below, right))
              - (at(above, left) + 2 * at(y, left) + at(below, left))
            let dy =
              (at(below, left) + 2 * at(below, x) + at(below, right))
              - (at(above, left) + 2 * at(above, x) + at(above, right))
            output[n, c, y, x] = brightness(dx * height / 8, dy * height / 8)
          }
        }
      }
    }
    return output
  }

  /// Of a surface that rises by so much for each pixel to the right and downwards.
  private func brightness(_ dx: Float, _ dy: Float) -> Float {
    // Divided first, so that steep slopes do not overflow when they are squared.
    let largest = max(1, abs(dx), abs(dy))
    let (x, y, z) = (-dx / largest, -dy / largest, 1 / largest)
    return max(0, (x * light.right + y * light.down + z * light.up) / (x * x + y * y + z * z).squareRoot())
  }
}
