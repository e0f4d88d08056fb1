import Foundation
import TensorCore
import TestSupport
import Testing

/// What OpenCV, scikit-image and SciPy answered: `fixtures.json`, written by `compare_opencv.py` beside it.
public struct Fixtures: Decodable {
  struct Picture: Decodable {
    let height: Int
    let width: Int
    let values: [Float]

    var tensor: Tensor {
      Tensor(shape: Shape(channels: 1, height: height, width: width), values: values)
    }
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let kernel: String
    let peer: String
    let image: String
    let height: Int
    let width: Int
    /// How many pixels at the frame are not compared.
    let margin: Int
    let tolerance: Float
    let values: [Float]

    var testDescription: String { "\(kernel) = \(peer)" }
  }

  let images: [String: Picture]
  let cases: [Case]

  public static func read(_ folder: String) throws -> Fixtures {
    let path = "\(TestData.packageFolder)/Tests/\(folder)/fixtures.json"
    return try JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Expects all cases to agree and returns the largest difference of each.
  public func compare(_ laws: FilterLaws) throws -> [(name: String, difference: Float)] {
    try cases.map { expected in
      let picture = try #require(images[expected.image])
      let shape = Shape(channels: 1, height: expected.height, width: expected.width)
      let result = try laws.filter(expected.kernel)(picture.tensor)
      try #require(result.shape == shape, "\(expected.kernel)")
      let ours = inner(result, expected.margin)
      let theirs = inner(Tensor(shape: shape, values: expected.values), expected.margin)
      expectClose(
        ours, theirs, tolerance: expected.tolerance, "\(expected.kernel), expected as \(expected.peer)")
      return (expected.testDescription, zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity)
    }
  }

  private func inner(_ tensor: Tensor, _ margin: Int) -> [Float] {
    (margin..<tensor.shape.height - margin).flatMap { y in
      (margin..<tensor.shape.width - margin).map { tensor[0, 0, y, $0] }
    }
  }
}
