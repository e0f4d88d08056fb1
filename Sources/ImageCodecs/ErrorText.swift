/// Lends a C function a buffer for its error text; returns its result and the text.
func withErrorText<Result>(
  _ body: (UnsafeMutablePointer<CChar>?, Int) throws -> Result
) rethrows -> (result: Result, text: String) {
  try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
    buffer.initialize(repeating: 0)
    // In bounds: the C functions write no more than the size they are given.
    let result = try body(buffer.baseAddress, buffer.count)
    if buffer[0] == 0 { return (result, "") }
    let text = buffer.prefix { $0 != 0 }.lazy.map { UInt8(bitPattern: $0) }
    return (result, String(decoding: text, as: UTF8.self))
  }
}
