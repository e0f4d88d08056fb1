import FileAccess
import TensorCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The contents of a safetensors file: arrays by name and text about them.
///
/// Layout: 8 bytes little-endian header length, a JSON header, then the values. Numbers of type F32, F64,
/// F16 and BF16 are read, F32 is written. Source: the format's description at
/// github.com/huggingface/safetensors.
public struct Safetensors: Sendable, Equatable {
  /// In the order of their data.
  public var arrays: [NamedArray]
  public var metadata: [String: String]

  public init(arrays: [NamedArray], metadata: [String: String] = [:]) {
    self.arrays = arrays
    self.metadata = metadata
  }

  /// Reads a file.
  ///
  /// - Throws: `FileError`, also beyond `dataFileLimit`, or `NetworkError.weightsFile` for anything that does not
  ///   follow the format; what does not begin so, such as a device without end, is not read further.
  public init(path: String) throws {
    let bytes = try readFile(path, limit: dataFileLimit) { start in
      _ = try Header.length(start: start, name: path)
    }
    try self.init(bytes: bytes, name: path)
  }

  /// - Parameter name: of the file, for errors.
  public init(bytes: [UInt8], name: String) throws {
    let header = try Header(bytes: bytes, name: name)
    metadata = header.metadata
    arrays = header.entries.map { header.array($0.key, $0.value, bytes) }
  }

  /// The array of that name.
  ///
  /// - Throws: `NetworkError.weights`, which lists what there is.
  public func array(named name: String) throws -> NamedArray {
    guard let array = arrays.first(where: { $0.name == name }) else {
      throw NetworkError.weights(
        name: name, problem: "not in the file; there is: \(arrays.map(\.name).joined(separator: ", "))")
    }
    return array
  }

  /// The bytes of the file. Equal contents give equal bytes.
  public func encoded() throws -> [UInt8] {
    var offset = 0
    var entries: [String: HeaderValue] = [:]
    for array in arrays {
      let end = offset + array.values.count * 4
      entries[array.name] = .entry(
        Entry(dtype: "F32", shape: array.dimensions, place: [offset, end]))
      offset = end
    }
    if !metadata.isEmpty { entries["__metadata__"] = .metadata(metadata) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header = [UInt8](try encoder.encode(entries))
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    bytes += header
    bytes.reserveCapacity(bytes.count + offset)
    for array in arrays {
      for value in array.values {
        let bits = value.bitPattern
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
      }
    }
    return bytes
  }
}

private struct Entry: Codable {
  var dtype: String
  var shape: [Int]
  /// Where the values begin and end behind the header.
  var place: [Int]

  enum CodingKeys: String, CodingKey {
    case dtype
    case shape
    case place = "data_offsets"
  }
}

private enum HeaderValue: Codable {
  case entry(Entry)
  case metadata([String: String])

  init(from decoder: any Decoder) throws {
    if decoder.codingPath.last?.stringValue == "__metadata__" {
      self = .metadata(try [String: String](from: decoder))
    } else {
      self = .entry(try Entry(from: decoder))
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .entry(let entry): try entry.encode(to: encoder)
    case .metadata(let text): try text.encode(to: encoder)
    }
  }
}

/// The checked header of a file.
private struct Header {
  let name: String
  /// Where the values begin.
  let dataStart: Int
  /// In the order of their data; those without data by name, so that equal bytes give equal arrays.
  let entries: [(key: String, value: Entry)]
  let metadata: [String: String]

  init(bytes: [UInt8], name: String) throws {
    self.name = name
    let length = try bytes.withUnsafeBufferPointer { try Self.length(start: $0, name: name) }
    guard length <= bytes.count - 8 else { throw Self.noHeader(name) }
    dataStart = 8 + length
    let values: [String: HeaderValue]
    do {
      values = try JSONDecoder().decode(
        [String: HeaderValue].self, from: Data(bytes[8..<dataStart]))
    } catch {
      throw NetworkError.weightsFile(path: name, problem: "its header is not the JSON of a safetensors file")
    }
    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]
    for (key, value) in values {
      switch value {
      case .entry(let entry): entries[key] = entry
      case .metadata(let text): metadata = text
      }
    }
    self.metadata = metadata
    let dataCount = bytes.count - dataStart
    for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
      try Self.check(key, entry, dataCount: dataCount, name: name)
    }
    self.entries = entries.sorted {
      ($0.value.place[0], $0.value.place[1], $0.key) < ($1.value.place[0], $1.value.place[1], $1.key)
    }
    try checkOrder(dataCount: dataCount)
  }

  /// The most bytes that the format's own library reads as a header.
  private static let longest: UInt64 = 100_000_000

  /// How many bytes the JSON has, by a file's first bytes.
  static func length(start: UnsafeBufferPointer<UInt8>, name: String) throws -> Int {
    guard start.count >= 8 else {
      throw NetworkError.weightsFile(path: name, problem: "too short to be a safetensors file")
    }
    let length = start[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard start.count > 8, (2...longest).contains(length), start[8] == UInt8(ascii: "{") else {
      throw noHeader(name)
    }
    return Int(length)
  }

  private static func noHeader(_ name: String) -> NetworkError {
    .weightsFile(path: name, problem: "not a safetensors file, or cut off in its header")
  }

  /// The format allows neither gaps nor overlaps, so that no bytes can hide in a file.
  private func checkOrder(dataCount: Int) throws {
    var end = 0
    for (key, entry) in entries {
      guard entry.place[0] == end else {
        throw NetworkError.weightsFile(
          path: name,
          problem: "'\(key)' begins at \(entry.place[0]), expected \(end): "
            + "arrays must lie behind one another without gaps")
      }
      end = entry.place[1]
    }
    guard end == dataCount else {
      throw NetworkError.weightsFile(
        path: name, problem: "\(dataCount - end) bytes behind the last array belong to none")
    }
  }

  private static func check(_ key: String, _ entry: Entry, dataCount: Int, name: String) throws {
    guard let size = ["F32": 4, "F64": 8, "F16": 2, "BF16": 2][entry.dtype] else {
      throw NetworkError.weightsFile(
        path: name, problem: "'\(key)' has type \(entry.dtype); F32, F64, F16 and BF16 are read")
    }
    var count = size
    for dimension in entry.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else {
        throw NetworkError.weightsFile(
          path: name, problem: "'\(key)' has impossible dimensions \(entry.shape)")
      }
      count = product
    }
    guard entry.place.count == 2, entry.place[0] >= 0,
      entry.place[1] >= entry.place[0],
      entry.place[1] - entry.place[0] == count
    else {
      throw NetworkError.weightsFile(
        path: name,
        problem: "'\(key)': its place \(entry.place) does not fit its dimensions \(entry.shape)")
    }
    guard entry.place[1] <= dataCount else {
      throw NetworkError.weightsFile(path: name, problem: "cut off: '\(key)' lies beyond its end")
    }
  }

  func array(_ key: String, _ entry: Entry, _ bytes: [UInt8]) -> NamedArray {
    let start = dataStart + entry.place[0]
    let end = dataStart + entry.place[1]
    func bits(_ place: Int, _ size: Int) -> UInt64 {
      (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }
    let values: [Float] =
      switch entry.dtype {
      case "F64": stride(from: start, to: end, by: 8).map { Float(Double(bitPattern: bits($0, 8))) }
      case "BF16": stride(from: start, to: end, by: 2).map { Float(bitPattern: UInt32(bits($0, 2)) << 16) }
      case "F16": stride(from: start, to: end, by: 2).map { halfToFloat(UInt16(bits($0, 2))) }
      default: float32Values(bytes, start..<end)
      }
    return NamedArray(name: key, dimensions: entry.shape, values: values)
  }
}

/// Little-endian 32-bit floats, whatever the machine's byte order.
private func float32Values(_ bytes: [UInt8], _ range: Range<Int>) -> [Float] {
  [Float](unsafeUninitializedCapacity: range.count / 4) { values, count in
    bytes.withUnsafeBytes { buffer in
      while count < range.count / 4 {
        let bits = buffer.loadUnaligned(fromByteOffset: range.lowerBound + 4 * count, as: UInt32.self)
        values.initializeElement(at: count, to: Float(bitPattern: UInt32(littleEndian: bits)))
        count += 1
      }
    }
  }
}

/// IEEE 754 half precision; not every platform has the type.
private func halfToFloat(_ bits: UInt16) -> Float {
  let sign: Float = bits & 0x8000 == 0 ? 1 : -1
  let exponent = Int(bits >> 10 & 0x1f)
  let fraction = Float(bits & 0x3ff)
  if exponent == 0 { return sign * fraction * 0x1p-24 }
  if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
  return sign * (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
}
