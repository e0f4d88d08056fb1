import CKernels
import TensorCore

/// A linear layer; `Reference.linear` defines it.
///
/// - Parameters:
///   - input: [N, in, 1, 1].
///   - weight: [out, in, 1, 1].
public func linear(_ input: Tensor, weight: Tensor, bias: [Float]? = nil) throws -> Tensor {
  try linear(input, weight: weight, bias: bias, loops: .best)
}

package func linear(
  _ input: Tensor, weight: Tensor, bias: [Float]?, loops: InnerLoops
) throws -> Tensor {
  try requireFeatures(input.shape, weight.shape)
  try CorrelationOptions().checkBias(bias?.count, weight: weight.shape)
  if usesReferenceOnly { return try Reference.linear(input, weight: weight, bias: bias) }
  let outputs = weight.shape.batch
  let inputs = weight.shape.channels
  let shape = Shape(batch: input.shape.batch, channels: outputs, height: 1, width: 1)
  let batch = shape.batch
  return Tensor(shape: shape) { buffer in
    guard let y = buffer.baseAddress else { return }
    withPointer(input.values) { x in
      withPointer(weight.values) { w in
        // Inputs and outputs are few, weights are many: those two are turned so that the weights need not be.
        withScratch(inputs * batch) { turned in
          withScratch(outputs * batch) { sums in
            for i in 0..<inputs {
              for n in 0..<batch { turned[i * batch + n] = x[n * inputs + i] }
            }
            for o in 0..<outputs {
              (sums + o * batch).update(repeating: bias.map { $0[o] } ?? 0, count: batch)
            }
            loops.table.pointee.matrix_multiply_add(
              Int32(outputs), Int32(batch), Int32(inputs), w, inputs, 1, turned, batch, sums, batch)
            for n in 0..<batch {
              for o in 0..<outputs { y[n * outputs + o] = sums[o * batch + n] }
            }
          }
        }
      }
    }
  }
}

/// The backward pass of `linear`.
public func linearGradients(
  _ outputGradient: Tensor, input: Tensor, weight: Tensor, needsInput: Bool = true
) throws -> CorrelationGradients<Float> {
  try linearGradients(
    outputGradient, input: input, weight: weight, needsInput: needsInput, loops: .best)
}

package func linearGradients(
  _ outputGradient: Tensor, input: Tensor, weight: Tensor, needsInput: Bool, loops: InnerLoops
) throws -> CorrelationGradients<Float> {
  try requireFeatures(input.shape, weight.shape)
  let outputs = weight.shape.batch
  let inputs = weight.shape.channels
  let batch = input.shape.batch
  try requireShape(
    outputGradient.shape, Shape(batch: batch, channels: outputs, height: 1, width: 1),
    "the backward pass of a linear layer")
  if usesReferenceOnly {
    return try Reference.linearGradients(outputGradient, input: input, weight: weight)
  }
  var weightGradient = Tensor(shape: weight.shape)
  withPointer(outputGradient.values) { dy in
    withPointer(input.values) { x in
      weightGradient.values.withUnsafeMutableBufferPointer { buffer in
        guard let dw = buffer.baseAddress else { return }
        loops.table.pointee.matrix_multiply_add(
          Int32(outputs), Int32(inputs), Int32(batch), dy, 1, outputs, x, inputs, dw, inputs)
      }
    }
  }
  var inputGradient: Tensor?
  if needsInput {
    inputGradient = Tensor(shape: input.shape) { buffer in
      guard let dx = buffer.baseAddress else { return }
      dx.update(repeating: 0, count: buffer.count)
      withPointer(outputGradient.values) { dy in
        withPointer(weight.values) { w in
          loops.table.pointee.matrix_multiply_add(
            Int32(batch), Int32(inputs), Int32(outputs), dy, outputs, 1, w, inputs, dx, inputs)
        }
      }
    }
  }
  return CorrelationGradients(
    input: inputGradient, weight: weightGradient, bias: biasGradient(outputGradient))
}
