/// Lends a C function a buffer for its error text; returns its result and the text.
func withErrorText<Result>(
  _ body: (UnsafeMutablePointer<CChar>?, Int) throws -> Result
) rethrows -> (result: Result, text: String) {
  var buffer = [CChar](repeating: 0, count: 256)
  // In bounds: the C functions write no more than the size they are given.
  let result = try buffer.withUnsafeMutableBufferPointer { try body($0.baseAddress, $0.count) }
  let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  return (result, String(decoding: text, as: UTF8.self))
}
