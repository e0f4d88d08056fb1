import Foundation
import TensorCore

/// Reads a JSON file of the folder Fixtures.
func fixture<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures").appendingPathComponent(name)
  return try JSONDecoder().decode(type, from: Data(contentsOf: file))
}

/// A tensor as the scripts write it.
struct StoredTensor: Decodable {
  let shape: [Int]
  let values: [Double]

  var exact: NumericTensor<Double> {
    NumericTensor(
      shape: Shape(batch: shape[0], channels: shape[1], height: shape[2], width: shape[3]), values: values)
  }

  var single: Tensor { exact.converted(to: Float.self) }
}
