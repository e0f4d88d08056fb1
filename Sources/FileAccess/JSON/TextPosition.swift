/// A place in a text, counted from 1.
public struct TextPosition: Hashable, Sendable, CustomStringConvertible {
  public var line: Int
  /// In characters; a tab is one.
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// `line 3, column 14`
  public var description: String { "line \(line), column \(column)" }
}
