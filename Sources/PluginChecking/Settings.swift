import KernelAPI

/// A value for each parameter of a kernel.
struct Settings {
  enum Value {
    case number(Double)
    case text(String)
  }

  let values: [Value]
  /// As a user writes them; `its defaults` where nothing is changed.
  let text: String

  /// The settings that a kernel is tried with: the defaults, every parameter at the ends of its range, every choice,
  /// and all parameters at once at their ends.
  static func tried(for kernel: KernelDescriptor) -> [Settings] {
    let extremes = kernel.parameters.map { Self.extremes($0.kind) }
    let defaults = kernel.parameters.map { Self.standard($0.kind) }
    func settings(_ changes: [Int: Extreme]) -> Settings {
      let words = changes.sorted { $0.key < $1.key }.map {
        "\(kernel.parameters[$0.key].name)=\($0.value.text)"
      }
      return Settings(
        values: defaults.indices.map { changes[$0]?.value ?? defaults[$0] },
        text: words.isEmpty ? "its defaults" : words.joined(separator: " "))
    }
    var tried = [settings([:])]
    for (index, values) in extremes.enumerated() {
      for value in values { tried.append(settings([index: value])) }
    }
    if kernel.parameters.count > 1 {
      for end in [\[Extreme].first, \[Extreme].last] {
        var changes: [Int: Extreme] = [:]
        for (index, values) in extremes.enumerated() { changes[index] = values[keyPath: end] }
        tried.append(settings(changes))
      }
    }
    return Array(tried.prefix(mostSettings))
  }

  private static let mostSettings = 80
  /// Where a number has no bound.
  private static let farNumber = 1e6
  private static let mostChoices = 24

  /// A value far from the default.
  private struct Extreme {
    let value: Value
    let text: String
  }

  private static func standard(_ kind: ParameterKind) -> Value {
    switch kind {
    case .integer(let value, _): .number(Double(value))
    case .number(let value, _): .number(value)
    case .choice(let value, let words): .number(Double(words.firstIndex(of: value) ?? 0))
    case .flag(let value): .number(value ? 1 : 0)
    case .text(let value): .text(value)
    }
  }

  private static func extremes(_ kind: ParameterKind) -> [Extreme] {
    func numbers(_ low: Double, _ high: Double, isBounded: (Double) -> Bool) -> [Extreme] {
      [isBounded(low) ? low : min(-farNumber, high), isBounded(high) ? high : max(farNumber, low)].map {
        Extreme(value: .number($0), text: Int(exactly: $0).map { "\($0)" } ?? "\($0)")
      }
    }
    switch kind {
    case .integer(_, let range):
      return numbers(Double(range.lowerBound), Double(range.upperBound)) { abs($0) < 0x1p53 }
    case .number(_, let range): return numbers(range.lowerBound, range.upperBound, isBounded: \.isFinite)
    case .choice(_, let words):
      return words.prefix(mostChoices).enumerated().map {
        Extreme(value: .number(Double($0.offset)), text: $0.element)
      }
    case .flag: return [Extreme(value: .number(0), text: "no"), Extreme(value: .number(1), text: "yes")]
    case .text:
      return [
        Extreme(value: .text(""), text: "(empty)"), Extreme(value: .text("/"), text: "/"),
        Extreme(value: .text(String(repeating: "ß€😀", count: 1000)), text: "(9,000 bytes of UTF-8)"),
      ]
    }
  }
}
