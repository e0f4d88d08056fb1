import TensorCore

/// The values as a `.npy` file of version 1.0: little-endian 32-bit floats in C order, byte for byte what
/// numpy's `save` writes.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
///
/// - Precondition: `values.count` is the product of `dimensions`.
public func encodeNPY(dimensions: [Int], values: [Float]) -> [UInt8] {
  precondition(
    values.count == dimensions.reduce(1, *), "\(values.count) values do not fill \(dimensions)")
  let sizes = dimensions.map(String.init).joined(separator: ", ") + (dimensions.count == 1 ? "," : "")
  var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
  // numpy leaves room for the first size to grow to 21 digits in place.
  if let first = dimensions.first { header += spaces(21 - String(first).count) }
  header += spaces(63 - (npyPreamble.count + 2 + header.utf8.count) % 64) + "\n"
  var bytes = npyPreamble
  bytes += [UInt8(truncatingIfNeeded: header.utf8.count), UInt8(truncatingIfNeeded: header.utf8.count >> 8)]
  bytes += header.utf8
  bytes.reserveCapacity(bytes.count + values.count * 4)
  for value in values {
    let bits = value.bitPattern
    for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
  }
  return bytes
}

/// The tensor as a `.npy` file of [batch, channels, height, width].
public func encodeNPY(_ tensor: Tensor) -> [UInt8] {
  let shape = tensor.shape
  return encodeNPY(
    dimensions: [shape.batch, shape.channels, shape.height, shape.width], values: tensor.values)
}

/// Reads a `.npy` file of version 1.0 with little-endian 32-bit floats in C order.
///
/// - Throws: `PictureError.npy` for anything else, and where the data is not exactly as long as the shape says.
public func decodeNPY(_ bytes: [UInt8], name: String = "") throws -> NamedArray {
  try bytes.withUnsafeBufferPointer(checkNPYStart)
  let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
  guard start <= bytes.count else { throw PictureError.npy(reason: "it ends within the header") }
  let dimensions = try npyDimensions(header: String(decoding: bytes[10..<start], as: UTF8.self))
  let count = try npyCount(dimensions)
  guard bytes.count - start == count * 4 else {
    throw PictureError.npy(
      reason: "shape \(dimensions) needs \(count * 4) bytes of data, found \(bytes.count - start)")
  }
  let values = (0..<count).map { i in
    let at = start + i * 4
    let low = UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
    return Float(bitPattern: low | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24)
  }
  return NamedArray(name: name, dimensions: dimensions, values: values)
}

/// Whether a file begins as `.npy` does, for readers that look before they read on.
///
/// - Throws: `PictureError.npy` for other bytes and other versions.
public func checkNPYStart(_ start: UnsafeBufferPointer<UInt8>) throws {
  guard start.count >= 10, start.starts(with: npyPreamble.dropLast(2)) else {
    throw PictureError.npy(reason: "it does not begin with \\x93NUMPY")
  }
  guard start[6] == 1, start[7] == 0 else {
    throw PictureError.npy(reason: "it has version \(start[6]).\(start[7])")
  }
}

private let npyPreamble: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]

private func spaces(_ count: Int) -> String {
  String(repeating: " ", count: max(0, count))
}

/// The shape in a header such as `{'descr': '<f4', 'fortran_order': False, 'shape': (6, 28), }`.
private func npyDimensions(header: String) throws -> [Int] {
  // Only spaces, tabs and line ends may differ from what numpy writes; the order of the keys is numpy's.
  let dense = String(header.filter { !$0.isWhitespace })
  let prefix = "{'descr':'<f4','fortran_order':False,'shape':("
  guard dense.hasPrefix(prefix), let end = dense.lastIndex(of: ")"),
    ["),}", ")}"].contains(String(dense[end...]))
  else { throw PictureError.npy(reason: "its header is \(dense.prefix(120))") }
  let sizes = dense[dense.index(dense.startIndex, offsetBy: prefix.count)..<end]
  return try sizes.split(separator: ",").map { part in
    guard part.allSatisfy(\.isASCII), part.allSatisfy(\.isNumber), let size = Int(part) else {
      throw PictureError.npy(reason: "its shape is (\(sizes.prefix(80)))")
    }
    return size
  }
}

/// The product of the sizes, if so many floats can be addressed at all.
private func npyCount(_ dimensions: [Int]) throws -> Int {
  var count = 1
  for size in dimensions {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, product <= Int.max / 4 else {
      throw PictureError.npy(reason: "shape \(dimensions) is too large")
    }
    count = product
  }
  return count
}
