import TensorCore

extension Reference {
  /// Pooling of every plane by itself: the largest value or the mean of each window.
  ///
  /// Padding never wins a maximum; NaN does. Source: Dive into Deep Learning, 6.5; PyTorch for ceil mode and
  /// the divisor.
  public static func pooling<Scalar>(
    _ input: NumericTensor<Scalar>, kind: PoolingKind, options: PoolingOptions
  ) throws -> NumericTensor<Scalar> {
    var output = NumericTensor<Scalar>(shape: try options.outputShape(input: input.shape))
    visitWindows(output.shape, input.shape, options) { n, c, i, j, rows, columns, counted in
      switch kind {
      case .max:
        let (y, x) = largest(input, n, c, rows, columns)
        output[n, c, i, j] = input[n, c, y, x]
      case .average:
        var sum: Scalar = 0
        for y in rows {
          for x in columns { sum += input[n, c, y, x] }
        }
        output[n, c, i, j] = sum / Scalar(counted)
      }
    }
    return output
  }

  /// The backward pass of `pooling`: the mean spreads its gradient evenly, the maximum hands it to the first
  /// largest value in row order.
  public static func poolingGradient<Scalar>(
    _ outputGradient: NumericTensor<Scalar>, input: NumericTensor<Scalar>, kind: PoolingKind,
    options: PoolingOptions
  ) throws -> NumericTensor<Scalar> {
    let shape = try options.outputShape(input: input.shape)
    try requireShape(outputGradient.shape, shape, "the backward pass of pooling")
    var gradient = NumericTensor<Scalar>(shape: input.shape)
    visitWindows(shape, input.shape, options) { n, c, i, j, rows, columns, counted in
      let arriving = outputGradient[n, c, i, j]
      switch kind {
      case .max:
        let (y, x) = largest(input, n, c, rows, columns)
        gradient[n, c, y, x] += arriving
      case .average:
        for y in rows {
          for x in columns { gradient[n, c, y, x] += arriving / Scalar(counted) }
        }
      }
    }
    return gradient
  }

  private static func largest<Scalar>(
    _ input: NumericTensor<Scalar>, _ n: Int, _ c: Int, _ rows: Range<Int>, _ columns: Range<Int>
  ) -> (Int, Int) {
    var best = (rows.lowerBound, columns.lowerBound)
    for y in rows {
      for x in columns {
        let value = input[n, c, y, x]
        let leader = input[n, c, best.0, best.1]
        if value > leader || (value.isNaN && !leader.isNaN) { best = (y, x) }
      }
    }
    return best
  }

  private static func visitWindows(
    _ output: Shape, _ input: Shape, _ options: PoolingOptions,
    _ body: (Int, Int, Int, Int, Range<Int>, Range<Int>, Int) -> Void
  ) {
    for n in 0..<output.batch {
      for c in 0..<output.channels {
        for i in 0..<output.height {
          let vertical = options.window(
            i, input: input.height, before: options.padding.top, after: options.padding.bottom,
            kernel: options.kernelSize.height, stride: options.stride.height)
          for j in 0..<output.width {
            let horizontal = options.window(
              j, input: input.width, before: options.padding.left, after: options.padding.right,
              kernel: options.kernelSize.width, stride: options.stride.width)
            body(
              n, c, i, j, vertical.inside, horizontal.inside, vertical.counted * horizontal.counted)
          }
        }
      }
    }
  }
}
