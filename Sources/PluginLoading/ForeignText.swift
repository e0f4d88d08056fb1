#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The longest text of a plugin's tables, in bytes without the NUL at its end.
let longestForeignText = 65535

/// What is wrong with a text of a table.
enum ForeignTextProblem: String, Error {
  case tooLong = "has no NUL within 65,536 bytes"
  case encoding = "is not UTF-8"
  case control = "has control characters"
}

/// The text at an address; empty for NULL.
///
/// - Parameter hasLines: newlines and tabs are allowed.
func foreignText(
  _ address: UnsafePointer<CChar>?, hasLines: Bool = false
) throws(ForeignTextProblem) -> String {
  guard let address else { return "" }
  // Reads up to the NUL and not beyond.
  let length = strnlen(address, longestForeignText + 1)
  guard length <= longestForeignText else { throw .tooLong }
  let bytes = UnsafeRawBufferPointer(start: address, count: length)
  guard let text = String(validating: bytes, as: UTF8.self) else { throw .encoding }
  let isClean = text.unicodeScalars.allSatisfy {
    !isControl($0) || hasLines && ($0 == "\n" || $0 == "\t")
  }
  guard isClean else { throw .control }
  return text
}

/// One line for the user from bytes that are not to be trusted: repaired, without what could steer a terminal.
func printableLine(_ bytes: some Sequence<UInt8>) -> String {
  var line = String.UnicodeScalarView()
  for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
    line.append(isControl(scalar) ? " " : scalar)
  }
  var text = String(line)
  while text.last == " " { text.removeLast() }
  return text
}

/// Whether a character is one of C0, DEL or C1.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
}
