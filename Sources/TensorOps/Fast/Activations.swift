import CKernels
import TensorCore

/// The activation of every value; `Reference.activation` defines it.
public func activation(_ input: Tensor, _ kind: Activation) -> Tensor {
  activation(input, kind, loops: .best)
}

package func activation(_ input: Tensor, _ kind: Activation, loops: InnerLoops) -> Tensor {
  if usesReferenceOnly { return Reference.activation(input, kind) }
  let table = loops.table.pointee
  let function =
    switch kind {
    case .sigmoid: table.sigmoid
    case .relu: table.relu
    case .tanh: table.tanh
    }
  return Tensor(shape: input.shape) { buffer in
    guard let y = buffer.baseAddress else { return }
    withPointer(input.values) { function?($0, y, buffer.count) }
  }
}

/// The backward pass of `activation`, from its output.
public func activationGradient(
  _ outputGradient: Tensor, output: Tensor, _ kind: Activation
) throws -> Tensor {
  try activationGradient(outputGradient, output: output, kind, loops: .best)
}

package func activationGradient(
  _ outputGradient: Tensor, output: Tensor, _ kind: Activation, loops: InnerLoops
) throws -> Tensor {
  try requireShape(outputGradient.shape, output.shape, "the backward pass of \(kind.rawValue)")
  if usesReferenceOnly {
    return try Reference.activationGradient(outputGradient, output: output, kind)
  }
  let table = loops.table.pointee
  let function =
    switch kind {
    case .sigmoid: table.sigmoid_gradient
    case .relu: table.relu_gradient
    case .tanh: table.tanh_gradient
    }
  return Tensor(shape: output.shape) { buffer in
    guard let dx = buffer.baseAddress else { return }
    withPointer(output.values) { y in
      withPointer(outputGradient.values) { dy in function?(y, dy, dx, buffer.count) }
    }
  }
}

/// Softmax over the channels at every place.
public func softmax(_ input: Tensor) -> Tensor {
  Reference.softmax(input)
}
