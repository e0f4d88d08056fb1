import KernelAPI
import TensorCore
import TensorOps

// All layers can be prepared for tiles. Kernels with one input are given one shape.

extension Convolution2D: TiledKernel {
  package func operation(for inputs: [Shape]) throws -> any TileOperation {
    try CorrelationOperation(weight: weight.shape, options: options, input: inputs[0])
  }
}

extension Linear: TiledKernel {
  package func operation(for inputs: [Shape]) throws -> any TileOperation {
    _ = try outputShape(for: inputs[0])
    return LinearOperation(weight: weight.shape)
  }
}

extension Pooling2D: TiledKernel {
  package func operation(for inputs: [Shape]) throws -> any TileOperation {
    try PoolingOperation(kind, options: options, input: inputs[0])
  }
}

extension ActivationLayer: TiledKernel {
  package func operation(for inputs: [Shape]) -> any TileOperation {
    ActivationOperation(kind, shape: inputs[0])
  }
}

extension Softmax: TiledKernel {
  package func operation(for inputs: [Shape]) -> any TileOperation {
    SoftmaxOperation(shape: inputs[0])
  }
}

extension Flatten: TiledKernel {
  package func operation(for inputs: [Shape]) -> any TileOperation {
    ReshapeOperation(to: flattenedShape(inputs[0]))
  }
}

extension Add: TiledKernel {
  package func operation(for inputs: [Shape]) throws -> any TileOperation {
    AddOperation(shape: try outputShape(for: inputs))
  }
}

extension Concatenate: TiledKernel {
  package func operation(for inputs: [Shape]) throws -> any TileOperation {
    try ConcatenateOperation(shapes: inputs)
  }
}
