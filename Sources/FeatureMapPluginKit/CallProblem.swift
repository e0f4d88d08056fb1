/// What is wrong with a call or with what a kernel answers.
enum CallProblem: Error, CustomStringConvertible {
  case missingPointer
  case valueCount(Int, expected: Int)
  case impossibleShape(Shape)
  case otherShape(Shape, promised: Shape)

  var description: String {
    switch self {
    case .missingPointer: "called with a null pointer"
    case .valueCount(let count, let expected): "called with \(count) settings, it has \(expected)"
    case .impossibleShape(let shape):
      "outputShape(for:) answered \(shape); one example with sizes of at least 1 and at most 2^31 values is possible"
    case .otherShape(let shape, let promised):
      "the result is \(shape), but outputShape(for:) promised \(promised)"
    }
  }
}

/// Runs the body and writes what it throws to the program's error.
///
/// - Parameter code: for errors that are not those of an operation that refuses a shape.
/// - Returns: the code for the program, `FMP_OK` where nothing was thrown.
func reporting(
  _ error: UnsafeMutablePointer<fmp_error>?, as code: Int32 = FMP_ERROR_GENERIC, _ body: () throws -> Void
) -> Int32 {
  do {
    try body()
    return FMP_OK
  } catch let problem {
    let code = problem is OperationError ? FMP_ERROR_SHAPE : code
    // The program names the kernel itself.
    var text = "\(problem)"
    if case KernelError.unusable(_, let reason) = problem { text = reason }
    if let error {
      error.pointee.code = code
      withUnsafeMutableBytes(of: &error.pointee.message) { write(text, to: $0) }
    }
    return code
  }
}

/// One line and a NUL; a longer text ends after its last character that has room.
private func write(_ text: String, to buffer: UnsafeMutableRawBufferPointer) {
  var place = 0
  for scalar in text.unicodeScalars {
    let isControl = scalar.properties.generalCategory == .control
    let bytes = Array(UTF8.encode(isControl ? " " : scalar) ?? UTF8.EncodedScalar())
    guard place + bytes.count < buffer.count else { break }
    for byte in bytes {
      buffer[place] = byte
      place += 1
    }
  }
  buffer[place] = 0
}
