import KernelAPI
import TensorCore
import TensorOps

extension KernelFile {
  /// Names of settings that every file has or may have; a file's own parameters are called otherwise.
  static let settingNames = [
    "file", "tensor", "channel", "divisor", "bias", "stride", "dilation", "padding", "border", "combine",
    "threshold", "low", "high",
  ]

  /// The factory of the kernel that this file describes; its settings are the file's own.
  public var factory: KernelFactory {
    KernelFactory(descriptor) { values in try changed(by: values).kernel() }
  }

  /// The file with the settings that a user chose in place of its own, and without parameters.
  ///
  /// - Parameter settings: those that the descriptor names.
  /// - Throws: `KernelError`.
  public func changed(by settings: [KernelSpecification.Setting]) throws -> KernelFile {
    try changed(by: try ParameterValues(settings, for: descriptor))
  }

  /// What the file says about itself, and the settings that it takes.
  public var descriptor: KernelDescriptor {
    let text = details.isEmpty ? structure : "\(details) \(structure)"
    return KernelDescriptor(
      name: name, summary: summary.isEmpty ? structure.lowercasedFirst : summary,
      details: summary.isEmpty ? details : text, parameters: ownParameters + settings)
  }

  /// `2 kernels of 3x3 for each channel, combined by magnitude, divided by 8`
  private var structure: String {
    var text =
      shape.batch == 1 ? "One kernel of \(shape.extent)" : "\(shape.batch) kernels of \(shape.extent)"
    text += shape.channels == 1 ? " for each channel" : " across \(shape.channels) channels"
    if combination != .none { text += ", combined by \(combination.rawValue)" }
    switch divisor {
    case .value(1): break
    case .value(let value): text += ", divided by \(plainNumber(value))"
    case .parameter(let name, _): text += ", divided by \(name)"
    }
    return text
  }

  private var ownParameters: [ParameterDescriptor] {
    parameters.map {
      ParameterDescriptor(
        $0.name, .number(default: $0.defaultValue, in: $0.range), unit: $0.unit,
        $0.summary.isEmpty ? "a number of the file" : $0.summary)
    }
  }

  /// Numbers that are parameters of the file are set by these.
  private var settings: [ParameterDescriptor] {
    var list = [
      ParameterDescriptor(
        "channel", .integer(default: -1, in: -1...shape.batch - 1), "which filter, alone; -1 for all")
    ]
    list += number("divisor", divisor, "what all weights are divided by; not 0")
    list += [
      ParameterDescriptor(
        "bias", .text(default: "yes"), "yes for the file's own, no for none, or a number for all filters"),
      ParameterDescriptor(
        "stride", .text(default: stride.shortText), "the distance between windows: 2, or 2x1 (down x across)"),
      ParameterDescriptor(
        "dilation", .text(default: dilation.shortText), "the distance between weights, written alike"),
      ParameterDescriptor(
        "padding", .text(default: padding.text),
        "what is read beyond the picture: same, valid, 1, 1x2 (vertical x horizontal)"),
      ParameterDescriptor(
        "border", .choice(default: border.rawValue, of: BorderMode.allCases.map(\.rawValue) + ["valid"]),
        "what lies beyond the picture; valid is padding=valid"),
    ]
    if shape.batch > 1 {
      list.append(
        ParameterDescriptor(
          "combine",
          .choice(default: combination.rawValue, of: MapCombination.allCases.map(\.rawValue)),
          "what is made of the maps of all filters"))
    }
    for operation in operations {
      switch operation {
      case .abs: break
      case .threshold(let limit): list += number("threshold", limit, "above this 1, else 0")
      case .clamp(let low, let high):
        list += number("low", low, "smaller values become this")
        list += number("high", high, "larger values become this")
      }
    }
    return list.firstOfEachName
  }

  private func number(_ name: String, _ number: KernelNumber, _ summary: String) -> [ParameterDescriptor] {
    guard case .value(let value) = number else { return [] }
    let range = KernelFileParameter.widestRange
    return [ParameterDescriptor(name, .number(default: value, in: range), summary)]
  }

  private func changed(by values: ParameterValues) throws -> KernelFile {
    let parameters = descriptor.parameters
    let known = Set(parameters.map(\.name))
    // Only what was set: of two that share a setting, the second has another default.
    func number(_ name: String, _ old: KernelNumber) -> KernelNumber {
      guard case .value = old,
        case .number(let standard, _)? = parameters.first(where: { $0.name == name })?.kind,
        values.number(name) != standard
      else { return old }
      return .value(values.number(name))
    }
    var file = self
    file.divisor = number("divisor", divisor)
    file.operations = operations.map { operation in
      switch operation {
      case .abs: .abs
      case .threshold(let limit): .threshold(number("threshold", limit))
      case .clamp(let low, let high): .clamp(number("low", low), number("high", high))
      }
    }
    try file.setSizes(values)
    if known.contains("combine"), let chosen = MapCombination(rawValue: values.text("combine")) {
      file.combination = chosen
    }
    try file.setBias(values.text("bias"))
    if values.integer("channel") >= 0 { file.keepFilter(values.integer("channel")) }
    return file.fixed { values.number($0) }
  }

  private mutating func setSizes(_ values: ParameterValues) throws {
    let steps = 1...Self.largestStep
    for (name, keyPath) in [("stride", \KernelFile.stride), ("dilation", \KernelFile.dilation)] {
      let text = values.text(name)
      guard let size = parsedSizes(text, in: steps).flatMap(Extent.init(sizes:)) else {
        throw KernelError.parameterValue(
          text, parameter: name, kernel: self.name, accepted: "1...\(Self.largestStep), or two such as 2x1")
      }
      self[keyPath: keyPath] = size
    }
    let text = values.text("padding")
    guard let padding = KernelPadding(text) else {
      throw KernelError.parameterValue(
        text, parameter: "padding", kernel: name,
        accepted: "same, valid, 0...\(Self.largestStep), or two such as 1x2")
    }
    self.padding = padding
    if let mode = BorderMode(rawValue: values.text("border")) {
      border = mode
    } else {
      self.padding = .valid
    }
  }

  private mutating func setBias(_ text: String) throws {
    switch text {
    case "yes", "true", "on": break
    case "no", "false", "off": bias = [.value(0)]
    default:
      guard let value = Double(text), value.isFinite else {
        throw KernelError.parameterValue(
          text, parameter: "bias", kernel: name, accepted: "yes, no or a number")
      }
      bias = [.value(value)]
    }
  }

  /// One filter alone; there is nothing to combine it with.
  private mutating func keepFilter(_ index: Int) {
    let size = shape.exampleCount
    numbers = Array(numbers[index * size..<(index + 1) * size])
    bias = [bias.count == shape.batch ? bias[index] : bias[0]]
    filterNames = [filterNames[index]]
    shape.batch = 1
    combination = .none
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

extension [ParameterDescriptor] {
  /// A file may clamp twice; the settings then serve both.
  fileprivate var firstOfEachName: [ParameterDescriptor] {
    var names: Set<String> = []
    return filter { names.insert($0.name).inserted }
  }
}
