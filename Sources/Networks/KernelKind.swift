import KernelAPI
import Layers
import TensorCore
import TensorOps

/// What a kernel is, in a few words for a table.
func describe(_ kernel: any Kernel) -> String {
  switch kernel {
  case let layer as Convolution2D:
    var text = "conv \(layer.weight.shape.extent)"
    if layer.options.stride != .one { text += " stride \(pair(layer.options.stride))" }
    if layer.options.padding != .zero { text += " pad \(layer.options.padding)" }
    if layer.options.dilation != .one { text += " dilation \(pair(layer.options.dilation))" }
    if layer.options.groups != 1 { text += " groups \(layer.options.groups)" }
    return text
  case let layer as Pooling2D:
    var text = "\(layer.kind.rawValue) pool \(layer.options.kernelSize)"
    if layer.options.stride != layer.options.kernelSize { text += " stride \(pair(layer.options.stride))" }
    if layer.options.padding != .zero { text += " pad \(layer.options.padding)" }
    return text
  case is Linear: return "linear"
  case let layer as ActivationLayer: return layer.kind.rawValue
  case is Softmax: return "softmax"
  case is Flatten: return "flatten"
  case is Add: return "add"
  case is Concatenate: return "concatenate"
  default:
    guard case .local(let size, _, _, _) = kernel.window else {
      return kernel.window == .pointwise ? "pointwise filter" : "filter"
    }
    return "filter \(size)"
  }
}

private func pair(_ extent: Extent) -> String {
  extent.height == extent.width ? "\(extent.height)" : "\(extent)"
}
