/// How plugins are run in processes of their own.
public struct PluginIsolation: Sendable {
  /// The program that is started; it must hand its arguments to `PluginServer`.
  public var program: String
  /// Seconds that a call may take.
  public var timeLimit: Double

  public init(program: String, timeLimit: Double = 60) {
    self.program = program
    self.timeLimit = timeLimit
  }

  /// `1 second`, `2.5 seconds`.
  var timeText: String {
    let number = Int(exactly: timeLimit).map(String.init) ?? "\(timeLimit)"
    return number == "1" ? "1 second" : "\(number) seconds"
  }
}
