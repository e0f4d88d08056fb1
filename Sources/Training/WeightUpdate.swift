/// Changes weights by their gradients; source of the formulas: `Optimizer`.
struct WeightUpdate: Sendable {
  let recipe: TrainingRecipe
  let rate: Float
  /// Steps up to this one, from 1: Adam's averages start at 0 and are corrected for it.
  let step: Int

  /// - Parameters:
  ///   - weights: some of the weights; the other buffers hold what belongs to them.
  ///   - moments: `Optimizer.momentCount` buffers.
  func callAsFunction(
    _ weights: UnsafeMutableBufferPointer<Float>, gradients: UnsafeMutableBufferPointer<Float>,
    moments: [UnsafeMutableBufferPointer<Float>]
  ) {
    switch recipe.optimizer {
    case .sgd: descend(weights, gradients, velocity: moments[0])
    case .adam, .adamw: adapt(weights, gradients, mean: moments[0], square: moments[1])
    }
  }

  /// v = momentum v + g; w -= rate v, or rate (g + momentum v) with Nesterov.
  private func descend(
    _ weights: UnsafeMutableBufferPointer<Float>, _ gradients: UnsafeMutableBufferPointer<Float>,
    velocity: UnsafeMutableBufferPointer<Float>
  ) {
    let (decay, momentum, nesterov, rate) = (recipe.weightDecay, recipe.momentum, recipe.nesterov, rate)
    for i in weights.indices {
      let g = gradients[i] + decay * weights[i]
      velocity[i] = momentum * velocity[i] + g
      weights[i] -= rate * (nesterov ? g + momentum * velocity[i] : velocity[i])
    }
  }

  /// m = 0.9 m + 0.1 g; v = 0.999 v + 0.001 g^2; w -= rate m' / (sqrt(v') + 1e-8), both corrected for their start.
  private func adapt(
    _ weights: UnsafeMutableBufferPointer<Float>, _ gradients: UnsafeMutableBufferPointer<Float>,
    mean: UnsafeMutableBufferPointer<Float>, square: UnsafeMutableBufferPointer<Float>
  ) {
    let (keptMean, keptSquare): (Float, Float) = (0.9, 0.999)
    let meanCorrection = 1 / (1 - Self.power(keptMean, step))
    let squareCorrection = 1 / (1 - Self.power(keptSquare, step))
    let coupled = recipe.optimizer == .adam ? recipe.weightDecay : 0
    let shrink = recipe.optimizer == .adamw ? 1 - rate * recipe.weightDecay : 1
    for i in weights.indices {
      let g = gradients[i] + coupled * weights[i]
      mean[i] = keptMean * mean[i] + (1 - keptMean) * g
      square[i] = keptSquare * square[i] + (1 - keptSquare) * g * g
      let size = (square[i] * squareCorrection).squareRoot() + 1e-8
      weights[i] = shrink * weights[i] - rate * mean[i] * meanCorrection / size
    }
  }

  private static func power(_ base: Float, _ exponent: Int) -> Float {
    var (result, factor, rest) = (1.0, Double(base), exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return Float(result)
  }
}
