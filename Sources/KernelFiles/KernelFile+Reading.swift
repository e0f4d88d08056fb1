import FileAccess
import KernelAPI
import Networks
import TensorCore

extension KernelFile {
  /// Extensions of files that are kernels.
  public static let extensions = ["json", "safetensors", "mat", "txt"]

  /// Whether a name is the path of a kernel file rather than the name of a kernel.
  public static func isFileName(_ name: String) -> Bool {
    name.contains("/") || extensions.contains(fileExtension(of: name))
  }

  /// Reads a file, its kind told by its extension: `.json`, `.safetensors`, `.mat` (libvips); all else is text.
  ///
  /// - Parameter tensor: which array of a safetensors file; the first one that can be a filter when empty.
  /// - Throws: `FileError`, `NetworkError`, or `KernelError.syntax` with the file, the place and the problem.
  public init(path: String, tensor: String = "") throws {
    let kind = fileExtension(of: path)
    if kind == "safetensors" {
      try self.init(safetensors: try Safetensors(path: path), path: path, tensor: tensor)
      return
    }
    guard tensor.isEmpty else {
      throw KernelError.unusable(kernel: path, problem: "only a safetensors file has a tensor '\(tensor)'")
    }
    let bytes = try readFile(path, limit: Self.sizeLimit)
    if kind == "json" {
      try self.init(json: bytes, source: path)
      return
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw KernelError.syntax(path, problem: "it is no text")
    }
    try self.init(text: text, source: path, isVips: kind == "mat")
  }

  private init(safetensors file: Safetensors, path: String, tensor: String) throws {
    let array: NamedArray
    if tensor.isEmpty {
      guard let first = file.arrays.first(where: { (2...4).contains($0.dimensions.count) }) else {
        throw NetworkError.weightsFile(path: path, problem: "holds no array of two to four dimensions")
      }
      array = first
    } else {
      array = try file.array(named: tensor)
    }
    let sizes = array.dimensions
    guard (2...4).contains(sizes.count), !array.values.isEmpty else {
      throw NetworkError.weights(
        name: array.name, problem: "dimensions \(sizes) are no kernel; expected [out, in, height, width]")
    }
    let shape = Shape(
      batch: sizes.count > 2 ? sizes[0] : 1, channels: sizes.count == 4 ? sizes[1] : 1,
      height: sizes[sizes.count - 2], width: sizes[sizes.count - 1])
    try Self.requireFinite(array)
    var bias: [Float] = [0]
    if array.name.hasSuffix("weight") {
      let biasName = String(array.name.dropLast("weight".count)) + "bias"
      if let found = file.arrays.first(where: { $0.name == biasName }), found.values.count == shape.batch {
        try Self.requireFinite(found)
        bias = found.values
      }
    }
    self.init(
      name: baseName(of: path), weight: Tensor(shape: shape, values: array.values), bias: bias)
  }

  private static func requireFinite(_ array: NamedArray) throws {
    guard array.values.allSatisfy(\.isFinite) else {
      throw NetworkError.weights(name: array.name, problem: "holds a value that is not finite")
    }
  }
}
