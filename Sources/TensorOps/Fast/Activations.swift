import CKernels
import TensorCore

/// The activation of every value; `Reference.activation` defines it.
public func activation(_ input: Tensor, _ kind: Activation) -> Tensor {
  activation(input, kind, loops: .best)
}

package func activation(_ input: Tensor, _ kind: Activation, loops: InnerLoops) -> Tensor {
  if usesReferenceOnly { return Reference.activation(input, kind) }
  return Tensor(shape: input.shape) { buffer in
    guard let y = buffer.baseAddress else { return }
    withPointer(input.values) { kind.apply($0, y, count: buffer.count, loops.table.pointee) }
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
  return Tensor(shape: output.shape) { buffer in
    guard let dx = buffer.baseAddress else { return }
    withPointer(output.values) { y in
      withPointer(outputGradient.values) { dy in
        kind.gradient(y, dy, dx, count: buffer.count, loops.table.pointee)
      }
    }
  }
}

/// Softmax over the channels at every place; `Reference.softmax` defines it.
public func softmax(_ input: Tensor) -> Tensor {
  softmax(input, loops: .best)
}

package func softmax(_ input: Tensor, loops: InnerLoops) -> Tensor {
  if usesReferenceOnly || input.shape.count == 0 { return Reference.softmax(input) }
  let shape = input.shape
  return Tensor(shape: shape) { buffer in
    guard let y = buffer.baseAddress else { return }
    withPointer(input.values) { x in
      if shape.planeCount == 1 && shape.batch > 1 {
        softmaxOfVectors(x, y, shape, loops)
        return
      }
      for n in 0..<shape.batch {
        loops.table.pointee.softmax(
          x + n * shape.exampleCount, Int32(shape.channels), shape.planeCount, y + n * shape.exampleCount)
      }
    }
  }
}

/// Sixteen vectors side by side: one alone would leave most of a processor's vector empty.
private func softmaxOfVectors(
  _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ shape: Shape, _ loops: InnerLoops
) {
  let size = shape.exampleCount
  withScratch(2 * size * InnerLoops.lanes) { scratch in
    let result = scratch + size * InnerLoops.lanes
    for index in 0..<TensorTile.count(shape.batch) {
      let tile = TensorTile(index, of: shape.batch)
      tile.pack(x, size: size, into: scratch, loops)
      loops.table.pointee.softmax(scratch, Int32(size), InnerLoops.lanes, result)
      tile.unpack(result, size: size, to: y, loops)
    }
  }
}
