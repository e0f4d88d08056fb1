/// What the process that tries a plugin tells the one that waits for it; one line of JSON each.
enum Message: Codable {
  /// The plugin is loaded.
  case loaded(plugin: String, version: String, interface: String, kernels: [String])
  /// A combination of settings of a kernel begins; numbered through all kernels, so that the work can go on behind one.
  case beginCase(number: Int, kernel: String)
  /// A call begins that perhaps does not come back.
  case call(function: String, situation: String)
  /// A shape was taken, or refused.
  case shape(taken: Bool)
  case found(PluginFinding)
  case timed(input: String, milliseconds: Double)
  /// All is done.
  case done
}
