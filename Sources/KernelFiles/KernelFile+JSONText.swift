import KernelAPI
import Networks
import TensorCore
import TensorOps

extension KernelFile {
  /// The kernel as JSON that reads back to the same.
  public var jsonText: String {
    var entries = ["\"name\": \(quoted(name))"]
    if !summary.isEmpty { entries.append("\"summary\": \(quoted(summary))") }
    if !details.isEmpty { entries.append("\"details\": \(quoted(details))") }
    entries.append(shape.channels == 1 ? kernelsJSON : weightsJSON)
    if divisor != .value(1) { entries.append("\"divisor\": \(divisor.json)") }
    if bias.contains(where: { $0 != .value(0) }) {
      let list = bias.map(\.json).joined(separator: ", ")
      entries.append("\"bias\": \(bias.count == 1 ? list : "[\(list)]")")
    }
    if stride != .one { entries.append("\"stride\": \(json(stride.sizes))") }
    if dilation != .one { entries.append("\"dilation\": \(json(dilation.sizes))") }
    if padding != .same { entries.append("\"padding\": \(padding.sizes.map(json) ?? "\"\(padding.text)\"")") }
    if border != .reflect { entries.append("\"border\": \"\(border.rawValue)\"") }
    if combination != .none { entries.append("\"combine\": \"\(combination.rawValue)\"") }
    if !operations.isEmpty {
      entries.append("\"post\": [\(operations.map(\.json).joined(separator: ", "))]")
    }
    if !parameters.isEmpty {
      let list = parameters.map { "    \($0.json)" }.joined(separator: ",\n")
      entries.append("\"parameters\": [\n\(list)\n  ]")
    }
    return "{\n  " + entries.joined(separator: ",\n  ") + "\n}\n"
  }

  private var kernelsJSON: String {
    let list = (0..<shape.batch).map { index in
      let name = filterNames[index]
      let head = "    {" + (name.isEmpty ? "" : "\"name\": \(quoted(name)), ") + "\"matrix\": "
      return head + matrixJSON(index, indent: head.count) + "}"
    }
    return "\"kernels\": [\n\(list.joined(separator: ",\n"))\n  ]"
  }

  private var weightsJSON: String {
    let outputs = (0..<shape.batch).map { output in
      let inputs = (0..<shape.channels).map { matrixJSON(output * shape.channels + $0, indent: 6) }
      return "    [\n      " + inputs.joined(separator: ",\n      ") + "\n    ]"
    }
    return "\"weights\": [\n" + outputs.joined(separator: ",\n") + "\n  ]"
  }

  /// One plane, its rows under each other.
  private func matrixJSON(_ plane: Int, indent: Int) -> String {
    let rows = (0..<shape.height).map { row in
      let start = plane * shape.planeCount + row * shape.width
      return "[" + numbers[start..<start + shape.width].map(\.json).joined(separator: ", ") + "]"
    }
    return "[" + rows.joined(separator: ",\n" + String(repeating: " ", count: indent + 1)) + "]"
  }
}

extension KernelFile.Operation {
  fileprivate var json: String {
    switch self {
    case .abs: "\"abs\""
    case .clamp(let low, let high): "{\"clamp\": [\(low.json), \(high.json)]}"
    case .threshold(let limit): "{\"threshold\": \(limit.json)}"
    }
  }
}

extension KernelFileParameter {
  fileprivate var json: String {
    var entries = ["\"name\": \(quoted(name))"]
    if !summary.isEmpty { entries.append("\"summary\": \(quoted(summary))") }
    if !unit.isEmpty { entries.append("\"unit\": \(quoted(unit))") }
    entries.append("\"default\": \(plainNumber(defaultValue))")
    if range.lowerBound.isFinite {
      entries.append("\"minimum\": \(plainNumber(range.lowerBound))")
    }
    if range.upperBound.isFinite {
      entries.append("\"maximum\": \(plainNumber(range.upperBound))")
    }
    return "{" + entries.joined(separator: ", ") + "}"
  }
}

/// One number, or a list of several.
private func json(_ sizes: [Int]) -> String {
  let list = sizes.map(String.init).joined(separator: ", ")
  return sizes.count == 1 ? list : "[\(list)]"
}

/// A text in quotes.
private func quoted(_ text: String) -> String {
  (try? encodedJSON(text)) ?? "\"\""
}
