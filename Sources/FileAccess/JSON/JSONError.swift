/// Why a text is no JSON, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  public let position: TextPosition
  public let problem: String

  public init(at position: TextPosition, _ problem: String) {
    self.position = position
    self.problem = problem
  }

  public var description: String { "\(position): \(problem)" }
}
