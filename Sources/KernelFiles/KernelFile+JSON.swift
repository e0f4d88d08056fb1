import FileAccess
import KernelAPI
import TensorCore
import TensorOps

extension KernelFile {
  /// Reads a kernel written as JSON.
  ///
  /// - Parameter source: the file, for errors; its base name is the kernel's where the JSON names none.
  /// - Throws: `KernelError.syntax` with line, column, key and problem.
  public init(json bytes: [UInt8], source: String) throws {
    do {
      self = try KernelJSON(try JSONParser.parse(bytes)).file(named: baseName(of: source))
    } catch let error as JSONError {
      throw KernelError.syntax(source, problem: "\(error)")
    }
  }
}

/// Makes a kernel of the values of a JSON text.
private struct KernelJSON {
  /// The keys of a kernel file.
  static let keys = [
    "$schema", "name", "summary", "details", "kernels", "weights", "divisor", "bias", "stride", "dilation",
    "padding", "border", "combine", "post", "parameters",
  ]

  private let root: JSONPlace
  private let parameters: [KernelFileParameter]

  init(_ node: JSONNode) throws {
    root = JSONPlace(node, path: "")
    try root.requireKeys(Self.keys)
    parameters = try root.get("parameters")?.list.map(Self.parameter) ?? []
    var names: Set<String> = []
    for (index, parameter) in parameters.enumerated() where !names.insert(parameter.name).inserted {
      throw root.error("parameter \(index + 1) is called \"\(parameter.name)\" like one before it")
    }
  }

  func file(named fallback: String) throws -> KernelFile {
    var file = try filters(name: try root.get("name")?.filledText ?? fallback)
    _ = try root.get("$schema")?.text
    file.summary = try root.get("summary")?.text ?? ""
    file.details = try root.get("details")?.text ?? ""
    file.parameters = parameters
    if let divisor = root.get("divisor") {
      file.divisor = try number(divisor)
      if file.divisor == .value(0) { throw divisor.error("the divisor must not be 0") }
    }
    if let bias = root.get("bias") { file.bias = try biases(bias, filters: file.shape.batch) }
    let steps = 1...KernelFile.largestStep
    file.stride = try root.get("stride")?.extent(in: steps) ?? .one
    file.dilation = try root.get("dilation")?.extent(in: steps) ?? .one
    file.padding = try root.get("padding").map(padding) ?? .same
    if let border = root.get("border") {
      guard let mode = BorderMode(rawValue: try border.text) else {
        throw border.error(
          "expected \(BorderMode.allCases.map(\.rawValue).joined(separator: ", ")); "
            + "\"padding\": \"valid\" reads nothing beyond the picture")
      }
      file.border = mode
    }
    if let combine = root.get("combine") {
      guard let combination = MapCombination(rawValue: try combine.text) else {
        throw combine.error("expected \(MapCombination.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      file.combination = combination
    }
    file.operations = try root.get("post")?.list.map(operation) ?? []
    try checkWeights(file)
    return file
  }

  // MARK: the filters

  private func filters(name: String) throws -> KernelFile {
    switch (root.get("kernels"), root.get("weights")) {
    case (let kernels?, nil):
      let list = try kernels.list
      let matrices = try list.map { try matrix(ofKernel: $0) }
      var file = try filters(name, matrices.map { [$0] }, kernels)
      file.filterNames = try list.map { try $0.get("name")?.filledText ?? "" }
      return file
    case (nil, let weights?):
      return try filters(name, try weights.list.map { try $0.list.map { try matrix($0) } }, weights)
    default: throw root.error("expected either \"kernels\" or \"weights\"")
    }
  }

  /// Rows of numbers and where they stand.
  private struct Matrix {
    let rows: [[KernelNumber]]
    let place: JSONPlace

    var extent: Extent { Extent(height: rows.count, width: rows[0].count) }
  }

  private func filters(_ name: String, _ outputs: [[Matrix]], _ place: JSONPlace) throws -> KernelFile {
    guard let inputs = outputs.first?.count, let first = outputs.first?.first else {
      throw place.error("at least one matrix is needed")
    }
    var numbers: [KernelNumber] = []
    for (index, output) in outputs.enumerated() {
      guard output.count == inputs else {
        throw place.at(index).error("this filter has \(output.count) inputs, the first has \(inputs)")
      }
      for matrix in output {
        guard matrix.extent == first.extent else {
          throw matrix.place.error("this kernel is \(matrix.extent), the first is \(first.extent)")
        }
        for row in matrix.rows { numbers += row }
      }
    }
    return KernelFile(
      name: name,
      shape: Shape(
        batch: outputs.count, channels: inputs, height: first.extent.height, width: first.extent.width),
      numbers: numbers)
  }

  /// Either `matrix`, or `column` and `row`, whose product is the matrix.
  private func matrix(ofKernel place: JSONPlace) throws -> Matrix {
    try place.requireKeys(["name", "matrix", "column", "row"])
    switch (place.get("matrix"), place.get("column"), place.get("row")) {
    case (let matrix?, nil, nil): return try self.matrix(matrix)
    case (nil, let column?, let row?):
      let down = try vector(column)
      let across = try vector(row)
      let rows = try down.enumerated().map { y, factor in
        try across.enumerated().map { x, other in
          try product(factor, other) { column.at(y).error($0) }
        }
      }
      return Matrix(rows: rows, place: place)
    default: throw place.error("expected either \"matrix\", or \"column\" and \"row\"")
    }
  }

  /// A parameter may only be multiplied by 1, -1 or 0: a kernel's numbers are no formulas.
  private func product(
    _ a: KernelNumber, _ b: KernelNumber, _ error: (String) -> JSONError
  ) throws -> KernelNumber {
    switch (a, b) {
    case (.value(let a), .value(let b)):
      guard (a * b).isFinite else { throw error("the product with a number of the row is too large") }
      return .value(a * b)
    case (.value(0), _), (_, .value(0)): return .value(0)
    case (.value(1), let other), (let other, .value(1)): return other
    case (.value(-1), .parameter(let name, let isNegative)),
      (.parameter(let name, let isNegative), .value(-1)):
      return .parameter(name, isNegative: !isNegative)
    default: throw error("a parameter in a column or row can only be multiplied by 1, -1 or 0")
    }
  }

  private func vector(_ place: JSONPlace) throws -> [KernelNumber] {
    let numbers = try place.list.map(number)
    if numbers.isEmpty { throw place.error("at least one number is needed") }
    return numbers
  }

  private func matrix(_ place: JSONPlace) throws -> Matrix {
    let lines = try place.list
    let rows = try lines.map { try $0.list.map(number) }
    guard let width = rows.first?.count, width > 0 else { throw place.error("at least one number is needed") }
    for (line, row) in zip(lines, rows) where row.count != width {
      throw line.error("this row has \(row.count) numbers, the first has \(width)")
    }
    return Matrix(rows: rows, place: place)
  }

  /// Weights that do not fit into a float are found now rather than at first use.
  private func checkWeights(_ file: KernelFile) throws {
    do {
      _ = try file.kernel()
    } catch KernelError.unusable(_, let problem) {
      throw root.error(problem)
    }
  }

  // MARK: the settings

  private func number(_ place: JSONPlace) throws -> KernelNumber {
    switch place.node.value {
    case .number(let value):
      guard Float(value).isFinite else {
        throw place.error("\(value) is too large; numbers are at most \(Float.greatestFiniteMagnitude)")
      }
      return .value(value)
    case .string(let text):
      let name = text.hasPrefix("-") ? String(text.dropFirst()) : text
      guard parameters.contains(where: { $0.name == name }) else {
        throw place.error(
          parameters.isEmpty
            ? "expected a number, got a text"
            : "\"\(text)\" is neither a number nor a parameter; those are "
              + parameters.map(\.name).joined(separator: ", "))
      }
      return .parameter(name, isNegative: text.hasPrefix("-"))
    default: throw place.error("expected a number, got \(place.node.kind)")
    }
  }

  private func biases(_ place: JSONPlace, filters: Int) throws -> [KernelNumber] {
    guard case .array = place.node.value else { return [try number(place)] }
    let values = try place.list.map(number)
    guard values.count == filters else {
      throw place.error("expected one number, or a list of \(filters), one for each filter")
    }
    return values
  }

  private func padding(_ place: JSONPlace) throws -> KernelPadding {
    switch place.node.value {
    case .string("same"): return .same
    case .string("valid"): return .valid
    case .string: break
    default:
      if let padding = KernelPadding(sizes: try place.wholeNumbers(in: 0...KernelFile.largestStep)) {
        return padding
      }
    }
    throw place.error(
      "expected \"same\", \"valid\", a number, [vertical, horizontal] or [top, bottom, left, right]")
  }

  private func operation(_ place: JSONPlace) throws -> KernelFile.Operation {
    if case .string(let name) = place.node.value {
      if name == "abs" { return .abs }
      throw place.error("expected \"abs\", {\"clamp\": [low, high]} or {\"threshold\": limit}")
    }
    try place.requireKeys(["clamp", "threshold"])
    switch (place.get("clamp"), place.get("threshold")) {
    case (nil, let limit?): return .threshold(try number(limit))
    case (let range?, nil):
      let limits = try range.list.map(number)
      guard limits.count == 2 else { throw range.error("expected [low, high]") }
      if case (.value(let low), .value(let high)) = (limits[0], limits[1]), low > high {
        throw range.error("\(plainNumber(low)) is larger than \(plainNumber(high)); expected [low, high]")
      }
      return .clamp(limits[0], limits[1])
    default: throw place.error("expected either \"clamp\" or \"threshold\"")
    }
  }

  private static func parameter(_ place: JSONPlace) throws -> KernelFileParameter {
    try place.requireKeys(["name", "summary", "unit", "default", "minimum", "maximum"])
    guard let namePlace = place.get("name") else { throw place.error("\"name\" is missing") }
    let name = try namePlace.text
    guard isValidKernelName(name), name.first?.isLetter == true else {
      throw namePlace.error(
        "a parameter's name has lower-case letters, digits and hyphens and begins with a letter")
    }
    guard !KernelFile.settingNames.contains(name) else {
      throw namePlace.error("every file has a setting \"\(name)\"; use another name")
    }
    guard let defaultPlace = place.get("default") else { throw place.error("\"default\" is missing") }
    let value = try defaultPlace.number
    let widest = KernelFileParameter.widestRange
    let minimum = try place.get("minimum")?.number ?? widest.lowerBound
    let maximum = try place.get("maximum")?.number ?? widest.upperBound
    guard minimum <= value else {
      throw defaultPlace.error("\(plainNumber(value)) is below the minimum, \(plainNumber(minimum))")
    }
    guard value <= maximum else {
      throw defaultPlace.error("\(plainNumber(value)) is above the maximum, \(plainNumber(maximum))")
    }
    return KernelFileParameter(
      name: name, summary: try place.get("summary")?.text ?? "", unit: try place.get("unit")?.text ?? "",
      defaultValue: value, range: minimum...maximum)
  }
}
