import KernelAPI
import Layers
import TensorCore
import TensorOps

extension Network {
  /// How the value of a unit comes about for a picture.
  ///
  /// - Parameter input: one example.
  /// - Throws: `KernelError.unknownName` for the layer, `NetworkError.unit` for a unit that it does not have, what
  ///   kernels throw.
  public func explanation(of unit: UnitPosition, in layer: String, for input: Tensor) throws -> Explanation {
    let node = try node(named: layer)
    let captured = try activations(of: node.inputs.filter { $0 != Self.inputName } + [layer], for: input)
    func output(_ name: String) -> Tensor { captured.first { $0.layer == name }?.output ?? input }
    let result = output(layer)
    try check(unit, in: layer, shape: result.shape)
    let reason = try node.naming {
      try explained(node, unit, node.inputs.map(output), result)
    }
    return Explanation(
      layer: layer, kind: describe(node.kernel), unit: unit, shape: result.shape, inputs: node.inputs,
      value: result[unit: unit], reason: reason)
  }

  private func explained(
    _ node: Node, _ unit: UnitPosition, _ inputs: [Tensor], _ output: Tensor
  ) throws -> Explanation.Reason {
    let input = inputs[0]
    switch node.kernel {
    case let layer as Convolution2D: return .weightedSums([layer.sum(unit, input)], .single)
    case let layer as Pooling2D:
      let window = layer.window(unit, input)
      return layer.kind == .max ? .largest(window) : .mean(window)
    case let layer as Linear: return .features(featureSum(layer, node, unit, input))
    case let layer as ActivationLayer: return .activation(name: layer.kind.rawValue, input: input[unit: unit])
    case is Softmax:
      return .softmax(logits: (0..<input.shape.channels).map { input[0, $0, unit.y, unit.x] })
    case is Flatten: return .copied(flattened(node, unit, input))
    case is Add:
      return .added(zip(node.inputs, inputs).map { InputValue(layer: $0, unit: unit, value: $1[unit: unit]) })
    case is Concatenate: return .copied(concatenated(node, unit, inputs))
    default: return try FilterExplanation(kernel: node.kernel, input: input, output: output).reason(unit)
    }
  }

  /// Where a feature of a vector stood before.
  private func flattened(_ node: Node, _ unit: UnitPosition, _ input: Tensor) -> InputValue {
    let before = UnitPosition(index: unit.channel, of: input.shape)
    return InputValue(layer: node.inputs[0], unit: before, value: input[unit: before])
  }

  private func concatenated(_ node: Node, _ unit: UnitPosition, _ inputs: [Tensor]) -> InputValue {
    var before = unit
    for (name, input) in zip(node.inputs, inputs) {
      if before.channel < input.shape.channels {
        return InputValue(layer: name, unit: before, value: input[unit: before])
      }
      before.channel -= input.shape.channels
    }
    preconditionFailure("unit \(unit) of '\(node.name)' is in none of its inputs")
  }

  private func featureSum(
    _ layer: Linear, _ node: Node, _ unit: UnitPosition, _ input: Tensor
  ) -> FeatureSum {
    let origins = flattenedMaps(node.inputs[0])
    let terms = (0..<input.shape.channels).map { index in
      FeatureSum.Term(
        index: index, value: input[0, index, 0, 0], weight: layer.weight[unit.channel, index, 0, 0],
        origin: origins.map { maps in
          InputValue(
            layer: maps.layer, unit: UnitPosition(index: index, of: maps.shape), value: input[0, index, 0, 0])
        })
    }
    return FeatureSum(terms: terms, bias: layer.bias?[unit.channel])
  }

  /// The maps that a flattened vector was made of, where their shape is known.
  private func flattenedMaps(_ name: String) -> (layer: String, shape: Shape)? {
    guard let node = nodes.first(where: { $0.name == name }), node.kernel is Flatten, let inputShape,
      let shape = try? upTo(name).shapes(for: inputShape)[node.inputs[0]]
    else { return nil }
    return (node.inputs[0], shape)
  }
}

extension Convolution2D {
  /// The weighted sum behind a unit: the windows of the channels of its group.
  fileprivate func sum(_ unit: UnitPosition, _ input: Tensor) -> WeightedSum {
    let shape = weight.shape
    let first = unit.channel / (shape.batch / options.groups) * shape.channels
    let terms = (0..<shape.channels).map { c in
      WindowTerm(
        channel: first + c,
        window: WindowValues(unit, window, of: input, channel: first + c, border: nil),
        weights: Array(weight.plane(c, batch: unit.channel)))
    }
    return WeightedSum(name: nil, terms: terms, bias: bias?[unit.channel])
  }
}

extension Pooling2D {
  /// The window behind a unit; padding is left out of a maximum.
  fileprivate func window(_ unit: UnitPosition, _ input: Tensor) -> PooledWindow {
    let values = WindowValues(unit, window, of: input, channel: unit.channel, border: nil)
    var winner: Int?
    for (index, place) in values.places.enumerated() where place.source != nil && kind == .max {
      let leader = winner.map { values.values[$0] } ?? -.infinity
      let value = values.values[index]
      if winner == nil || value > leader || value.isNaN && !leader.isNaN { winner = index }
    }
    let limits = Extent(
      height: input.shape.height + options.padding.bottom, width: input.shape.width + options.padding.right)
    let counted = values.places.count {
      options.countIncludePad ? $0.y < limits.height && $0.x < limits.width : $0.source != nil
    }
    return PooledWindow(channel: unit.channel, window: values, winner: winner, counted: counted)
  }
}

extension WindowValues {
  /// What a window reads of one channel for a unit.
  ///
  /// - Parameter border: what lies beyond the border; padding of zeros when `nil`.
  init(_ unit: UnitPosition, _ window: Window, of input: Tensor, channel: Int, border: BorderMode?) {
    var size = Extent.one
    var (stride, dilation, offset) = (Extent.one, Extent.one, Offset.zero)
    if case .local(let kernel, let step, let first, let spread) = window {
      (size, stride, offset, dilation) = (kernel, step, first, spread)
    }
    func source(_ index: Int, _ count: Int) -> Int? {
      (0..<count).contains(index) ? index : border?.source(index, count: count)
    }
    let shape = input.shape
    var places: [Place] = []
    for v in 0..<size.height {
      for u in 0..<size.width {
        let y = unit.y * stride.height + offset.y + v * dilation.height
        let x = unit.x * stride.width + offset.x + u * dilation.width
        let row = source(y, shape.height)
        let column = source(x, shape.width)
        places.append(
          Place(y: y, x: x, source: row.flatMap { row in column.map { Offset(y: row, x: $0) } }))
      }
    }
    extent = size
    self.places = places
    values = places.map { place in place.source.map { input[0, channel, $0.y, $0.x] } ?? 0 }
  }
}
