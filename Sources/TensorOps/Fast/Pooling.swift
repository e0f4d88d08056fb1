import CKernels
import TensorCore

/// Pooling of every plane; `Reference.pooling` defines it.
public func pooling(_ input: Tensor, kind: PoolingKind, options: PoolingOptions) throws -> Tensor {
  try pooling(input, kind: kind, options: options, loops: .best)
}

package func pooling(
  _ input: Tensor, kind: PoolingKind, options: PoolingOptions, loops: InnerLoops
) throws -> Tensor {
  if usesReferenceOnly { return try Reference.pooling(input, kind: kind, options: options) }
  let shape = try options.outputShape(input: input.shape)
  let sizes = options.cShape(input: input.shape, output: shape)
  return Tensor(shape: shape) { buffer in
    guard let base = buffer.baseAddress else { return }
    let output = Shared(base)
    forEachPlane(input.shape) { plane in
      withPointer(input.values) { x in
        var sizes = sizes
        let table = loops.table.pointee
        let function = kind == .max ? table.max_pool : table.average_pool
        function?(&sizes, x + plane * input.shape.planeCount, output.base + plane * shape.planeCount)
      }
    }
  }
}

/// The backward pass of `pooling`.
public func poolingGradient(
  _ outputGradient: Tensor, input: Tensor, kind: PoolingKind, options: PoolingOptions
) throws -> Tensor {
  try poolingGradient(outputGradient, input: input, kind: kind, options: options, loops: .best)
}

package func poolingGradient(
  _ outputGradient: Tensor, input: Tensor, kind: PoolingKind, options: PoolingOptions, loops: InnerLoops
) throws -> Tensor {
  let shape = try options.outputShape(input: input.shape)
  try requireShape(outputGradient.shape, shape, "the backward pass of pooling")
  if usesReferenceOnly {
    return try Reference.poolingGradient(outputGradient, input: input, kind: kind, options: options)
  }
  let sizes = options.cShape(input: input.shape, output: shape)
  return Tensor(shape: input.shape) { buffer in
    guard let base = buffer.baseAddress else { return }
    let gradient = Shared(base)
    forEachPlane(input.shape) { plane in
      withPointer(input.values) { x in
        withPointer(outputGradient.values) { dy in
          var sizes = sizes
          let arriving = dy + plane * shape.planeCount
          let leaving = gradient.base + plane * input.shape.planeCount
          leaving.update(repeating: 0, count: input.shape.planeCount)
          switch kind {
          case .max:
            loops.table.pointee.max_pool_gradient(
              &sizes, x + plane * input.shape.planeCount, arriving, leaving)
          case .average: loops.table.pointee.average_pool_gradient(&sizes, arriving, leaving)
          }
        }
      }
    }
  }
}

/// Several threads for large planes only: a thread costs more than a small plane.
private func forEachPlane(_ shape: Shape, _ body: @Sendable (Int) -> Void) {
  let planes = shape.batch * shape.channels
  if shape.count >= 1 << 20 {
    parallelFor(planes, body)
  } else {
    for plane in 0..<planes { body(plane) }
  }
}

extension PoolingOptions {
  /// The sizes as C takes them.
  func cShape(input: Shape, output: Shape) -> fm_pooling {
    fm_pooling(
      input_height: Int32(input.height), input_width: Int32(input.width), output_height: Int32(output.height),
      output_width: Int32(output.width), kernel_height: Int32(kernelSize.height),
      kernel_width: Int32(kernelSize.width), stride_y: Int32(stride.height), stride_x: Int32(stride.width),
      pad_top: Int32(padding.top), pad_left: Int32(padding.left), pad_bottom: Int32(padding.bottom),
      pad_right: Int32(padding.right), count_padding: countIncludePad ? 1 : 0)
  }
}
