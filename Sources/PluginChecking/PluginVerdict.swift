/// What trying a plugin has shown.
public struct PluginVerdict: Codable, Sendable {
  /// A kernel's share of the work.
  public struct Kernel: Codable, Sendable {
    public var name: String
    /// Calls of the plugin's functions.
    public var calls = 0
    /// Combinations of settings that were tried.
    public var settings = 0
    /// Shapes of inputs that were taken, and those that were refused.
    public var shapes = 0
    public var refusedShapes = 0
    /// The time of one call of run(), and for which input.
    public var timing: Timing?
  }

  /// How long one call takes.
  public struct Timing: Codable, Sendable {
    public var input: String
    public var milliseconds: Double
  }

  public var file: String
  /// Empty where the plugin cannot be loaded.
  public var plugin = ""
  public var version = ""
  /// The version of the interface that it was made for, such as `1.1`.
  public var interface = ""
  public var kernels: [Kernel] = []
  public var findings: [PluginFinding] = []
  /// Whether there are no faults.
  public var isFit: Bool { !findings.contains { $0.severity == .fault } }
}
