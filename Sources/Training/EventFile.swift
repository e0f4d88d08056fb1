/// TensorBoard's event files: scalars and pictures by step.
///
/// A file is a row of records: length, its checksum, the bytes of an `Event` message, their checksum. Sources:
/// tensorflow/core/lib/io/record_writer.h and tensorflow/core/util/event.proto, summary.proto.
public struct EventFile: Sendable {
  /// What is shown at a step.
  public enum Value: Sendable {
    case scalar(Float)
    /// A PNG file's bytes and its size.
    case picture(png: [UInt8], width: Int, height: Int)
  }

  /// The record that every file begins with.
  ///
  /// - Parameter time: seconds since 1970.
  public static func start(time: Double) -> [UInt8] {
    var event = Message()
    event.add(1, double: time)
    event.add(3, bytes: Array("brain.Event:2".utf8))
    return record(event.bytes)
  }

  /// A record with values by their tags, such as `loss/train`.
  public static func record(time: Double, step: Int, values: [(tag: String, value: Value)]) -> [UInt8] {
    var summary = Message()
    for (tag, value) in values {
      var entry = Message()
      entry.add(1, bytes: Array(tag.utf8))
      switch value {
      case .scalar(let number): entry.add(2, float: number)
      case .picture(let png, let width, let height):
        var picture = Message()
        picture.add(1, integer: height)
        picture.add(2, integer: width)
        picture.add(3, integer: 3)
        picture.add(4, bytes: png)
        entry.add(4, bytes: picture.bytes)
      }
      summary.add(1, bytes: entry.bytes)
    }
    var event = Message()
    event.add(1, double: time)
    event.add(2, integer: step)
    event.add(5, bytes: summary.bytes)
    return record(event.bytes)
  }

  private static func record(_ bytes: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(bytes.count))
    return length + littleEndian(masked(checksum(length))) + bytes + littleEndian(masked(checksum(bytes)))
  }

  /// As the format wants it, because checksums of checksums are weak.
  private static func masked(_ checksum: UInt32) -> UInt32 {
    ((checksum >> 15) | (checksum << 17)) &+ 0xA282_EAD8
  }

  /// CRC-32C (Castagnoli), reflected.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crc, byte in table[Int((crc ^ UInt32(byte)) & 255)] ^ (crc >> 8) }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
  }
}

private func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// A protocol buffer message being written, field by field.
private struct Message {
  private(set) var bytes: [UInt8] = []

  private mutating func add(varint value: UInt64) {
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func add(_ field: UInt64, double: Double) {
    add(varint: field << 3 | 1)
    bytes += littleEndian(double.bitPattern)
  }

  mutating func add(_ field: UInt64, float: Float) {
    add(varint: field << 3 | 5)
    bytes += littleEndian(float.bitPattern)
  }

  mutating func add(_ field: UInt64, integer: Int) {
    add(varint: field << 3)
    add(varint: UInt64(bitPattern: Int64(integer)))
  }

  mutating func add(_ field: UInt64, bytes content: [UInt8]) {
    add(varint: field << 3 | 2)
    add(varint: UInt64(content.count))
    bytes += content
  }
}
