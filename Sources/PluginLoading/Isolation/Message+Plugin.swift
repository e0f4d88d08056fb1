import KernelAPI
import TensorCore

/// What a plugin says of itself.
struct PluginDescription {
  var identifier: String
  var version: String
  var summary: String
  var license: String
  var kernels: [KernelDescriptor]
}

extension Message {
  mutating func append(_ plugin: PluginDescription) {
    append(plugin.identifier)
    append(plugin.version)
    append(plugin.summary)
    append(plugin.license)
    append(plugin.kernels) { message, kernel in
      message.append(kernel.name)
      message.append(kernel.summary)
      message.append(kernel.details)
      message.append(kernel.parameters) { $0.append($1) }
    }
  }

  private mutating func append(_ parameter: ParameterDescriptor) {
    append(parameter.name)
    append(parameter.summary)
    append(parameter.unit)
    switch parameter.kind {
    case .integer(let value, let range):
      append(0)
      for number in [value, range.lowerBound, range.upperBound] { append(number) }
    case .number(let value, let range):
      append(1)
      for number in [value, range.lowerBound, range.upperBound] { append(number) }
    case .choice(let value, let choices):
      append(2)
      append(value)
      append(choices) { $0.append($1) }
    case .flag(let value):
      append(3)
      append(value)
    case .text(let value):
      append(4)
      append(value)
    }
  }

  mutating func append(_ window: Window) {
    switch window {
    case .pointwise: append(0)
    case .global: append(1)
    case .local(let size, let stride, let offset, let dilation):
      append(2)
      for number in [
        size.height, size.width, stride.height, stride.width, offset.y, offset.x, dilation.height,
        dilation.width,
      ] {
        append(number)
      }
    }
  }

  mutating func append(_ error: any Error) {
    switch error as? PluginError {
    case .loading(let path, let problem)?:
      append(0)
      append(path)
      append(problem)
    case .call(let plugin, let kernel, let problem)?:
      append(1)
      append(plugin)
      append(kernel)
      append(problem)
    case nil:
      append(2)
      append("\(error)")
    }
  }
}

extension MessageReader {
  mutating func plugin() throws(MessageNonsense) -> PluginDescription {
    let plugin = PluginDescription(
      identifier: try text(), version: try text(), summary: try text(), license: try text(),
      kernels: try list { reader throws(MessageNonsense) in
        KernelDescriptor(
          name: try reader.text(), summary: try reader.text(), details: try reader.text(),
          parameters: try reader.list { reader throws(MessageNonsense) in try reader.parameter() })
      })
    for kernel in plugin.kernels {
      let names = kernel.parameters.map(\.name)
      guard !names.contains(""), Set(names).count == names.count else { throw MessageNonsense() }
    }
    return plugin
  }

  private mutating func parameter() throws(MessageNonsense) -> ParameterDescriptor {
    let (name, summary, unit) = (try text(), try text(), try text())
    return ParameterDescriptor(name, try kind(), unit: unit, summary)
  }

  private mutating func kind() throws(MessageNonsense) -> ParameterKind {
    switch try number() {
    case 0:
      let (value, low, high) = (try number(), try number(), try number())
      guard low <= high, (low...high).contains(value) else { throw MessageNonsense() }
      return .integer(default: value, in: low...high)
    case 1:
      let (value, low, high) = (try double(), try double(), try double())
      guard low <= high, (low...high).contains(value) else { throw MessageNonsense() }
      return .number(default: value, in: low...high)
    case 2:
      let value = try text()
      let choices = try list { reader throws(MessageNonsense) in try reader.text() }
      guard choices.contains(value) else { throw MessageNonsense() }
      return .choice(default: value, of: choices)
    case 3: return .flag(default: try flag())
    case 4: return .text(default: try text())
    default: throw MessageNonsense()
    }
  }

  mutating func window() throws(MessageNonsense) -> Window {
    switch try number() {
    case 0: return .pointwise
    case 1: return .global
    case 2:
      var numbers: [Int] = []
      for _ in 0..<8 { numbers.append(try number()) }
      let sizes = numbers[..<4] + numbers[6...]
      guard sizes.allSatisfy({ (1...4096).contains($0) }),
        numbers[4..<6].allSatisfy({ (-4096...4096).contains($0) })
      else { throw MessageNonsense() }
      return .local(
        size: Extent(height: numbers[0], width: numbers[1]),
        stride: Extent(height: numbers[2], width: numbers[3]),
        offset: Offset(y: numbers[4], x: numbers[5]), dilation: Extent(height: numbers[6], width: numbers[7]))
    default: throw MessageNonsense()
    }
  }

  mutating func error() throws(MessageNonsense) -> any Error {
    switch try number() {
    case 0: return PluginError.loading(path: try text(), problem: try text())
    case 1: return PluginError.call(plugin: try text(), kernel: try text(), problem: try text())
    case 2: return ForwardedError(description: try text())
    default: throw MessageNonsense()
    }
  }
}

/// An error of a kernel in another process that is none of a plugin's.
struct ForwardedError: Error, CustomStringConvertible {
  let description: String
}
