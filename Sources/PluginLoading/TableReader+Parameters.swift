import CFeatureMapPlugin
import KernelAPI

extension TableReader {
  private static let parameterSize = size(through: \fmp_param.choice_count)
  private static let mostParameters = 256
  private static let mostChoices = 1024

  /// The parameters of a kernel.
  func parameters(of kernel: fmp_kernel, named name: String) throws(PluginError) -> [ParameterDescriptor] {
    guard kernel.param_count <= Self.mostParameters else {
      throw problem(
        "kernel \(name) has \(kernel.param_count) parameters; \(Self.mostParameters) are the most")
    }
    var parameters: [ParameterDescriptor] = []
    for index in 0..<Int(kernel.param_count) {
      let what = "parameter \(index + 1) of kernel \(name)"
      let table = try table(
        try element(kernel.params, index, "parameters of kernel \(name)"), what, size: Self.parameterSize,
        empty: fmp_param())
      let parameter = try parameter(table, what)
      guard !parameters.contains(where: { $0.name == parameter.name }) else {
        throw problem("kernel \(name) has two parameters '\(parameter.name)'")
      }
      parameters.append(parameter)
    }
    return parameters
  }

  private func parameter(_ table: fmp_param, _ what: String) throws(PluginError) -> ParameterDescriptor {
    let name = try self.name(table.name, "the name of \(what)")
    let what = "\(what), '\(name)',"
    let kind: ParameterKind
    switch table.kind {
    case FMP_PARAM_BOOL:
      guard table.default_number == 0 || table.default_number == 1 else {
        throw problem("\(what) is a BOOL with default \(table.default_number); it must be 0 or 1")
      }
      kind = .flag(default: table.default_number == 1)
    case FMP_PARAM_INT: kind = try integer(table, what)
    case FMP_PARAM_FLOAT:
      guard table.default_number.isFinite else {
        throw problem("\(what) has the default \(table.default_number), which is not finite")
      }
      try checkRange(table, what)
      kind = .number(default: table.default_number, in: table.minimum...table.maximum)
    case FMP_PARAM_CHOICE: kind = try choice(table, what)
    case FMP_PARAM_TEXT: kind = .text(default: try line(table.default_text, "the default of \(what)"))
    default: throw problem("\(what) is of kind \(table.kind), which there is not")
    }
    return ParameterDescriptor(
      name, kind, unit: try line(table.unit, "the unit of \(what)"),
      try line(table.summary, "the summary of \(what)"))
  }

  private func checkRange(_ table: fmp_param, _ what: String) throws(PluginError) {
    // False for NaN, too.
    guard table.minimum <= table.default_number, table.default_number <= table.maximum else {
      throw problem(
        "\(what) has the default \(table.default_number) outside of its range \(table.minimum)...\(table.maximum)"
      )
    }
  }

  private func integer(_ table: fmp_param, _ what: String) throws(PluginError) -> ParameterKind {
    let limit = Double(ParameterKind.unboundedInteger)
    guard let start = Int(exactly: table.default_number), abs(table.default_number) <= limit else {
      throw problem(
        "\(what) is an INT with default \(table.default_number); it must be integral, within 2^53")
    }
    for bound in [table.minimum, table.maximum]
    where bound.isNaN || bound.isFinite && bound != bound.rounded() {
      throw problem("\(what) is an INT with the bound \(bound); bounds must be integral or infinite")
    }
    try checkRange(table, what)
    return .integer(default: start, in: Int(max(table.minimum, -limit))...Int(min(table.maximum, limit)))
  }

  private func choice(_ table: fmp_param, _ what: String) throws(PluginError) -> ParameterKind {
    guard (1...Self.mostChoices).contains(Int(table.choice_count)) else {
      throw problem("\(what) has \(table.choice_count) choices; it must have 1...\(Self.mostChoices)")
    }
    var choices: [String] = []
    for index in 0..<Int(table.choice_count) {
      let word = try line(
        try element(table.choices, index, "choices of \(what)"), "choice \(index + 1) of \(what)")
      guard Self.isWord(word), !choices.contains(word) else {
        throw problem(
          "choice \(index + 1) of \(what) is '\(word)'; choices are different words of letters, digits and -_.+"
        )
      }
      choices.append(word)
    }
    guard let index = Int(exactly: table.default_number), choices.indices.contains(index) else {
      throw problem(
        "\(what) has the default \(table.default_number); it must be the index of one of \(choices.count) choices"
      )
    }
    return .choice(default: choices[index], of: choices)
  }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || $0.properties.numericType != nil
            || "-_.+".unicodeScalars.contains($0))
      }
  }
}
