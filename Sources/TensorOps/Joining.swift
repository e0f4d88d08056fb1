import TensorCore

/// The sum of tensors of one shape, element by element (residual networks).
///
/// - Throws: `OperationError.shape` when the shapes differ, `.setting` without any input.
public func add<Scalar>(_ inputs: [NumericTensor<Scalar>]) throws -> NumericTensor<Scalar> {
  guard var sum = inputs.first else {
    throw OperationError.setting(operation: "addition", problem: "there is nothing to add")
  }
  for other in inputs.dropFirst() {
    try requireShape(other.shape, sum.shape, "addition")
    for i in other.values.indices { sum.values[i] += other.values[i] }
  }
  return sum
}

/// The shape of tensors laid behind one another along the channels.
public func concatenatedShape(_ shapes: [Shape]) throws -> Shape {
  guard var joined = shapes.first else {
    throw OperationError.setting(operation: "concatenation", problem: "there is nothing to concatenate")
  }
  for other in shapes.dropFirst() {
    guard other.batch == joined.batch, other.extent == joined.extent else {
      throw OperationError.shape(
        operation: "concatenation", got: "shape \(other)",
        expected: "maps of \(joined.extent) in a batch of \(joined.batch)")
    }
    joined.channels += other.channels
  }
  return joined
}

/// Tensors laid behind one another along the channels (GoogLeNet, DenseNet).
///
/// - Throws: `OperationError.shape` when batch, height or width differ.
public func concatenate<Scalar>(_ inputs: [NumericTensor<Scalar>]) throws -> NumericTensor<Scalar> {
  let shape = try concatenatedShape(inputs.map(\.shape))
  var values: [Scalar] = []
  values.reserveCapacity(shape.count)
  for n in 0..<shape.batch {
    for input in inputs {
      let size = input.shape.exampleCount
      values += input.values[n * size..<(n + 1) * size]
    }
  }
  return NumericTensor(shape: shape, values: values)
}

/// The backward pass of `concatenate`: the gradient cut into the parts of the inputs.
public func split<Scalar>(
  _ gradient: NumericTensor<Scalar>, channels: [Int]
) throws -> [NumericTensor<Scalar>] {
  guard channels.reduce(0, +) == gradient.shape.channels else {
    throw OperationError.shape(
      operation: "the backward pass of concatenation", got: "shape \(gradient.shape)",
      expected: "\(channels.reduce(0, +)) channels")
  }
  var first = 0
  return channels.map { count in
    defer { first += count }
    return gradient.channels(Array(first..<first + count))
  }
}

/// Every example as one vector: [N, C, H, W] becomes [N, C * H * W, 1, 1] in the same order.
public func flatten<Scalar>(_ input: NumericTensor<Scalar>) -> NumericTensor<Scalar> {
  input.reshaped(flattenedShape(input.shape))
}

public func flattenedShape(_ shape: Shape) -> Shape {
  Shape(batch: shape.batch, channels: shape.exampleCount, height: 1, width: 1)
}
