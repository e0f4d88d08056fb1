/// The settings of a kernel after checking: every declared parameter has a value of its kind and range.
public struct ParameterValues: Sendable {
  private enum Value: Sendable {
    case integer(Int)
    case number(Double)
    case text(String)
    case flag(Bool)
  }

  private var values: [String: Value] = [:]

  /// Checks what a user wrote against the descriptor and fills in the defaults.
  ///
  /// - Parameter given: names and texts, such as `sigma` and `1.4`.
  /// - Throws: `KernelError.unknownParameter`, `.parameterValue` or `.repeatedParameter`.
  public init(_ given: [KernelSpecification.Setting] = [], for kernel: KernelDescriptor) throws {
    for parameter in kernel.parameters {
      values[parameter.name] = Self.defaultValue(parameter.kind)
    }
    var seen: Set<String> = []
    for setting in given {
      guard let parameter = kernel.parameters.first(where: { $0.name == setting.name }) else {
        throw KernelError.unknownParameter(
          setting.name, kernel: kernel.name, known: kernel.parameters.map(\.name))
      }
      guard seen.insert(setting.name).inserted else {
        throw KernelError.repeatedParameter(setting.name, kernel: kernel.name)
      }
      guard let value = Self.parse(setting.value, parameter.kind) else {
        throw KernelError.parameterValue(
          setting.value, parameter: setting.name, kernel: kernel.name,
          accepted: parameter.kind.acceptedWords(for: setting.value))
      }
      values[setting.name] = value
    }
  }

  public func integer(_ name: String) -> Int {
    if case .integer(let value)? = values[name] { return value }
    preconditionFailure("the kernel declares no integer parameter \(name)")
  }

  public func number(_ name: String) -> Double {
    if case .number(let value)? = values[name] { return value }
    preconditionFailure("the kernel declares no number parameter \(name)")
  }

  /// A choice or a text.
  public func text(_ name: String) -> String {
    if case .text(let value)? = values[name] { return value }
    preconditionFailure("the kernel declares no text or choice parameter \(name)")
  }

  public func flag(_ name: String) -> Bool {
    if case .flag(let value)? = values[name] { return value }
    preconditionFailure("the kernel declares no flag parameter \(name)")
  }

  private static func defaultValue(_ kind: ParameterKind) -> Value {
    switch kind {
    case .integer(let value, _): .integer(value)
    case .number(let value, _): .number(value)
    case .choice(let value, _): .text(value)
    case .flag(let value): .flag(value)
    case .text(let value): .text(value)
    }
  }

  /// `nil` for what is not of the kind or out of range.
  private static func parse(_ text: String, _ kind: ParameterKind) -> Value? {
    switch kind {
    case .integer(_, let range):
      return Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
    case .number(_, let range):
      return Double(text).flatMap { $0.isFinite && range.contains($0) ? .number($0) : nil }
    case .choice(_, let choices):
      return choices.contains(text) ? .text(text) : nil
    case .flag:
      if ["yes", "true", "on", "1"].contains(text) { return .flag(true) }
      if ["no", "false", "off", "0"].contains(text) { return .flag(false) }
      return nil
    case .text: return .text(text)
    }
  }
}
