import KernelAPI
import TensorCore

/// What the program and the process of a plugin tell each other, as bytes. Both are one program, so that there are no
/// versions; what comes back is read with care all the same, for the plugin may have damaged its process.
struct Message {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: Int) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func append(_ number: Double) { append(Int(truncatingIfNeeded: number.bitPattern)) }

  mutating func append(_ flag: Bool) { append(flag ? 1 : 0) }

  mutating func append(_ text: String) {
    append(text.utf8.count)
    bytes += text.utf8
  }

  mutating func append<Element>(_ list: [Element], _ each: (inout Message, Element) -> Void) {
    append(list.count)
    for element in list { each(&self, element) }
  }

  mutating func append(_ shape: Shape) {
    for size in [shape.batch, shape.channels, shape.height, shape.width] { append(size) }
  }
}

/// A message that makes no sense.
struct MessageNonsense: Error {}

/// Reads a message from its beginning.
struct MessageReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func number() throws(MessageNonsense) -> Int {
    guard bytes.count - place >= 8 else { throw MessageNonsense() }
    defer { place += 8 }
    return (0..<8).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  mutating func double() throws(MessageNonsense) -> Double {
    Double(bitPattern: UInt64(truncatingIfNeeded: try number()))
  }

  mutating func flag() throws(MessageNonsense) -> Bool { try number() != 0 }

  mutating func text() throws(MessageNonsense) -> String {
    let count = try number()
    guard (0...bytes.count - place).contains(count) else { throw MessageNonsense() }
    defer { place += count }
    return String(decoding: bytes[place..<place + count], as: UTF8.self)
  }

  mutating func list<Element>(
    _ each: (inout MessageReader) throws(MessageNonsense) -> Element
  ) throws(MessageNonsense) -> [Element] {
    let count = try number()
    // Every element has eight bytes at least.
    guard (0...(bytes.count - place) / 8).contains(count) else { throw MessageNonsense() }
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try each(&self)) }
    return elements
  }

  /// A shape of a picture or map, at most as large as a plugin may answer.
  mutating func shape() throws(MessageNonsense) -> Shape {
    var sizes: [Int] = []
    var product = 1
    for _ in 0..<4 {
      let size = try number()
      guard (1...1 << 31).contains(size) else { throw MessageNonsense() }
      product *= size
      guard product <= 1 << 31 else { throw MessageNonsense() }
      sizes.append(size)
    }
    return Shape(batch: sizes[0], channels: sizes[1], height: sizes[2], width: sizes[3])
  }
}
