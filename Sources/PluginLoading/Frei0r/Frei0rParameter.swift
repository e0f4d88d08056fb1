import KernelAPI

/// A parameter of a frei0r library, and the settings that a user makes for it.
struct Frei0rParameter: Sendable {
  /// What a new instance has.
  let standard: Frei0rValue
  /// One; two for a position.
  let descriptors: [ParameterDescriptor]

  /// - Parameters:
  ///   - title: the library's own name for it.
  ///   - taken: names of other settings; the new ones are added.
  init(_ standard: Frei0rValue, title: String, explanation: String, index: Int, taken: inout Set<String>) {
    self.standard = standard
    let plain = Self.name(title)
    let name = plain.isEmpty ? "parameter-\(index + 1)" : plain
    let text = explanation.isEmpty ? title : explanation
    let summary = text.hasSuffix(".") ? String(text.dropLast()) : text
    var kinds: [(suffix: String, kind: ParameterKind, note: String)] = []
    switch standard {
    case .flag(let value): kinds = [("", .flag(default: value), summary)]
    case .number(let value): kinds = [("", Self.kind(value), summary)]
    case .color(let value):
      kinds = [("", .text(default: Frei0rValue.colorText(value)), "\(summary); a colour, #rrggbb")]
    case .position(let x, let y):
      kinds = [
        ("-x", Self.kind(x), "\(summary); 0 is the left border, 1 the right one"),
        ("-y", Self.kind(y), "\(summary); 0 is the upper border, 1 the lower one"),
      ]
    case .text(let value): kinds = [("", .text(default: value), summary)]
    }
    descriptors = kinds.map { suffix, kind, note in
      var free = name + suffix
      var number = 1
      while !taken.insert(free).inserted {
        number += 1
        free = "\(name)-\(number)\(suffix)"
      }
      return ParameterDescriptor(free, kind, note)
    }
  }

  /// What a user set, or the standard.
  ///
  /// - Throws: `KernelError.parameterValue` for a text that is no color.
  func value(_ values: ParameterValues, kernel: String) throws -> Frei0rValue {
    let names = descriptors.map(\.name)
    switch standard {
    case .flag: return .flag(values.flag(names[0]))
    case .number: return .number(values.number(names[0]))
    case .position: return .position(x: values.number(names[0]), y: values.number(names[1]))
    case .text: return .text(values.text(names[0]))
    case .color(let standard):
      let text = values.text(names[0])
      // The library's own value, which 8 bits may not have.
      if text == Frei0rValue.colorText(standard) { return .color(standard) }
      guard let color = Frei0rValue.color(text) else {
        throw KernelError.parameterValue(
          text, parameter: names[0], kernel: kernel, accepted: "a colour such as #ff8000")
      }
      return .color(color)
    }
  }

  /// Values are 0...1, says the interface; a standard beyond that is accepted, too.
  private static func kind(_ standard: Double) -> ParameterKind {
    .number(default: standard, in: min(0, standard)...max(1, standard))
  }

  /// Words in lower case between hyphens: `edge-scale` of `Edge Scale`, `bezier-spline` of `Bézier spline`.
  static func name(_ title: String) -> String {
    var words = [""]
    for scalar in title.unicodeScalars where scalar != "'" {
      if let letter = letter(scalar) {
        words[words.count - 1].append(letter)
      } else if words.last != "" {
        words.append("")
      }
    }
    return words.filter { !$0.isEmpty }.joined(separator: "-")
  }

  /// The digit, or the letter in lower case without its accent; `nil` for what is neither.
  private static func letter(_ scalar: Unicode.Scalar) -> String? {
    if scalar.isASCII {
      let isWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      return isWord ? scalar.properties.lowercaseMapping : nil
    }
    // LATIN SMALL LETTER E WITH ACUTE
    let words = scalar.properties.name?.split(separator: " ") ?? []
    guard words.count > 3, words[0] == "LATIN", words[2] == "LETTER", words[3].count == 1 else { return nil }
    return words[3].lowercased()
  }
}
