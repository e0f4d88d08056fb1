/// What a kernel is called, does and takes. Help texts, lists and the checking of values are made from it.
public struct KernelDescriptor: Sendable {
  /// `[a-z0-9-]+`, unique among all plugins.
  public let name: String
  /// One line without a full stop.
  public let summary: String
  /// The formula, the paper, and where the definition differs from well-known libraries.
  public let details: String
  public let parameters: [ParameterDescriptor]

  public init(name: String, summary: String, details: String = "", parameters: [ParameterDescriptor] = []) {
    self.name = name
    self.summary = summary
    self.details = details
    self.parameters = parameters
  }
}

/// One setting of a kernel.
public struct ParameterDescriptor: Sendable {
  public let name: String
  /// One line without a full stop.
  public let summary: String
  public let kind: ParameterKind
  /// `px`, `levels`, ...; empty for plain numbers.
  public let unit: String

  public init(_ name: String, _ kind: ParameterKind, unit: String = "", _ summary: String) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.unit = unit
  }
}

/// The type of a setting, with its default and what is accepted.
public enum ParameterKind: Sendable, Equatable {
  case integer(default: Int, in: ClosedRange<Int>)
  case number(default: Double, in: ClosedRange<Double>)
  case choice(default: String, of: [String])
  case flag(default: Bool)
  case text(default: String)
}

extension ParameterKind {
  /// `1...31`, `zero|reflect`, `yes|no`, `text`: what a user may write.
  public var accepted: String {
    switch self {
    case .integer(_, let range):
      accepted(
        low: range.lowerBound <= -Self.unboundedInteger ? nil : "\(range.lowerBound)",
        high: range.upperBound >= Self.unboundedInteger ? nil : "\(range.upperBound)", "integer")
    case .number(_, let range):
      accepted(
        low: range.lowerBound == -.infinity ? nil : plain(range.lowerBound),
        high: range.upperBound == .infinity ? nil : plain(range.upperBound), "number")
    case .choice(_, let choices): choices.joined(separator: "|")
    case .flag: "yes|no"
    case .text: "text"
    }
  }

  /// What is accepted, for an error about this text: of a number with a fraction that it should be whole.
  func acceptedWords(for text: String) -> String {
    guard case .integer = self, let number = Double(text), number != number.rounded() else { return accepted }
    return "a whole number, \(accepted)"
  }

  /// Integers from here on, 2^53, and below its negative are taken for unbounded: not every one of them is a Double.
  package static let unboundedInteger = 1 << 53

  /// `1...31`; `at least 1` or `any number` where there is no bound.
  private func accepted(low: String?, high: String?, _ noun: String) -> String {
    switch (low, high) {
    case (let low?, let high?): "\(low)...\(high)"
    case (let low?, nil): "at least \(low)"
    case (nil, let high?): "at most \(high)"
    case (nil, nil): "any \(noun)"
    }
  }

  /// The default as a user would write it.
  public var defaultText: String {
    switch self {
    case .integer(let value, _): "\(value)"
    case .number(let value, _): plain(value)
    case .choice(let value, _): value
    case .flag(let value): value ? "yes" : "no"
    case .text(let value): value
    }
  }

  /// 1 rather than 1.0.
  private func plain(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
