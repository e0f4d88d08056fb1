import KernelAPI

/// The text of the error that `body` throws; "" where it throws none.
func message<Result>(_ body: () throws -> Result) -> String {
  do {
    _ = try body()
    return ""
  } catch { return "\(error)" }
}

extension KernelSpecification {
  /// The rows of a matrix, `nil` for any other source.
  var rows: [[Float]]? {
    if case .matrix(let matrix) = source { return matrix.rows }
    return nil
  }
}
