import TensorCore

/// Why an operation cannot work on what it was given.
public enum OperationError: Error, Equatable, Sendable {
  /// A tensor has another shape than the operation needs.
  case shape(operation: String, got: String, expected: String)
  /// The window does not fit into the padded input even once.
  case windowTooLarge(operation: String, window: Extent, input: Extent, padding: Edges)
  /// A size, stride or other setting that makes no sense.
  case setting(operation: String, problem: String)
}

extension OperationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .shape(let operation, let got, let expected):
      "\(operation) needs \(expected), got \(got)"
    case .windowTooLarge(let operation, let window, let input, let padding):
      """
      \(operation): a window of \(window) does not fit into an input of \(input) with padding \(padding); \
      use a larger picture, a smaller kernel, more padding, or for a filter another border
      """
    case .setting(let operation, let problem): "\(operation): \(problem)"
    }
  }
}
