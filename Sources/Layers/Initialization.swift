import TensorCore

/// Random weights, uniform in +-sqrt(6 / (inputs + outputs)), so that signals keep their size on the way
/// forward and back.
///
/// Source: Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010;
/// PyTorch's `xavier_uniform_`.
///
/// - Parameters:
///   - inputs: values that one output is computed from (fan in).
///   - outputs: values that one input contributes to (fan out).
public func xavierUniform(
  _ shape: Shape, inputs: Int, outputs: Int, using generator: inout SplitMix64
) -> Tensor {
  let bound = (6 / Float(inputs + outputs)).squareRoot()
  return Tensor(shape: shape, values: generator.uniform(-bound...bound, count: shape.count))
}

/// Weight and bias under the names that PyTorch gives them.
func namedWeights(_ weight: Tensor, dimensions: [Int], bias: [Float]?) -> [NamedArray] {
  let first = NamedArray(name: "weight", dimensions: dimensions, values: weight.values)
  guard let bias else { return [first] }
  return [first, NamedArray(name: "bias", dimensions: [bias.count], values: bias)]
}

/// The same weight and bias with other values.
func replacedWeights(
  _ weight: Tensor, _ bias: [Float]?, by arrays: [NamedArray]
) -> (weight: Tensor, bias: [Float]?) {
  precondition(
    arrays.count == (bias == nil ? 1 : 2) && arrays.allSatisfy { $0.name == "weight" || $0.name == "bias" }
      && arrays[0].values.count == weight.values.count
      && (bias == nil || arrays[1].values.count == bias?.count),
    "weights must keep their number, order and sizes")
  return (Tensor(shape: weight.shape, values: arrays[0].values), bias == nil ? nil : arrays[1].values)
}
