/// Something that is wrong with a plugin, or that its author should know.
public struct PluginFinding: Codable, Sendable, Equatable {
  /// How much it matters.
  public enum Severity: String, Codable, Sendable {
    /// Breaks a rule of the interface: the plugin is not fit.
    case fault
    /// Breaks no rule, but somebody will regret it.
    case warning
    case note
  }

  public var severity: Severity
  /// `nil` for the plugin as a whole.
  public var kernel: String?
  /// What is wrong, the same for all situations in which it was seen.
  public var problem: String
  /// What the author can do.
  public var advice: String
  /// The first situation in which it was seen, such as `radius=0, input 3x1x7`; empty where there is none.
  public var situation: String
  /// In how many situations it was seen.
  public var count = 1
}
