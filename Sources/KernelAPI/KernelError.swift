/// What is wrong with the name or the settings of a kernel, or with a plugin.
public enum KernelError: Error, Equatable, Sendable {
  /// No kernel (layer, class, network ...) has this name.
  case unknownName(String, what: String, known: [String])
  case unknownParameter(String, kernel: String, known: [String])
  case repeatedParameter(String, kernel: String)
  case parameterValue(String, parameter: String, kernel: String, accepted: String)
  /// Two plugins, or two kernels of a plugin, have one name.
  case duplicateName(String, first: String, second: String)
  /// A name that does not follow `[a-z0-9-]+`.
  case invalidName(String, plugin: String)
  /// A kernel written as numbers, or a chain of kernels, that cannot be read.
  case syntax(String, problem: String)
  /// A kernel cannot be made or used as asked.
  case unusable(kernel: String, problem: String)
}

extension KernelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownName(let name, let what, let known):
      "there is no \(what) '\(name)'\(suggestion(name, known, "there is")): \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let kernel, let known):
      known.isEmpty
        ? "\(kernel) has no parameter '\(name)': it takes none"
        : "\(kernel) has no parameter '\(name)'\(suggestion(name, known, "it takes")): \(known.joined(separator: ", "))"
    case .repeatedParameter(let name, let kernel): "\(kernel): parameter '\(name)' is given twice"
    case .parameterValue(let value, let parameter, let kernel, let accepted):
      "\(kernel): \(parameter)=\(value) is not accepted; expected \(accepted)"
    case .duplicateName(let name, let first, let second):
      "the name '\(name)' is used by \(first) and by \(second); names must be unique"
    case .invalidName(let name, let plugin):
      "plugin \(plugin): '\(name)' is no valid name; use lower-case letters, digits and hyphens"
    case .syntax(let text, let problem): "cannot read '\(text)': \(problem)"
    case .unusable(let kernel, let problem): "\(kernel): \(problem)"
    }
  }

  /// `; there is`, or `; did you mean 'sobel'? There is`.
  private func suggestion(_ name: String, _ known: [String], _ list: String) -> String {
    let near = nearestNames(to: name, among: known)
    guard !near.isEmpty else { return "; \(list)" }
    let names = near.map { "'\($0)'" }.joined(separator: " or ")
    return "; did you mean \(names)? \(list.prefix(1).uppercased())\(list.dropFirst())"
  }
}
