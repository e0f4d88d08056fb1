import KernelAPI
import TensorCore

/// What the program asks of the process of a plugin.
enum PluginRequest {
  /// An instance of the kernel with this number; answered by its number and window.
  case make(kernel: Int, settings: [KernelSpecification.Setting])
  case release(instance: Int)
  /// Answered by the shape of the output.
  case shape(instance: Int, input: Shape)
  /// The values of the input follow; answered by the shape of the output and its values.
  case run(instance: Int, input: Shape)

  /// What a plugin is doing, for errors.
  var what: String {
    switch self {
    case .make: "when its kernel was made"
    case .release: "when its kernel was let go"
    case .shape: "in output_shape()"
    case .run: "in run()"
    }
  }
}

extension Message {
  init(_ request: PluginRequest) {
    self.init()
    switch request {
    case .make(let kernel, let settings):
      append(0)
      append(kernel)
      append(settings) { message, setting in
        message.append(setting.name)
        message.append(setting.value)
      }
    case .release(let instance):
      append(1)
      append(instance)
    case .shape(let instance, let input):
      append(2)
      append(instance)
      append(input)
    case .run(let instance, let input):
      append(3)
      append(instance)
      append(input)
    }
  }
}

extension MessageReader {
  mutating func request() throws(MessageNonsense) -> PluginRequest {
    switch try number() {
    case 0:
      return .make(
        kernel: try number(),
        settings: try list { reader throws(MessageNonsense) in
          KernelSpecification.Setting(try reader.text(), try reader.text())
        })
    case 1: return .release(instance: try number())
    case 2: return .shape(instance: try number(), input: try shape())
    case 3: return .run(instance: try number(), input: try shape())
    default: throw MessageNonsense()
    }
  }
}
