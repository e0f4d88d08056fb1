import CKernels
import TensorCore
import TestSupport
import Testing

@testable import TensorOps

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// Under names that no case of an enum hides.
private func trueExp(_ x: Double) -> Double { exp(x) }
private func trueTanh(_ x: Double) -> Double { tanh(x) }

@Suite("Activations")
struct ActivationTests {
  /// A function of the C table with the true function in `Double`.
  enum Function: String, CaseIterable {
    case exp, sigmoid, tanh

    func exact(_ x: Float) -> Double {
      switch self {
      case .exp: trueExp(Double(x))
      case .sigmoid: 1 / (1 + trueExp(-Double(x)))
      case .tanh: trueTanh(Double(x))
      }
    }

    func fast(_ values: [Float], _ set: String) throws -> [Float] {
      let table = try #require(fm_kernels_named(set)).pointee
      let entry =
        switch self {
        case .exp: table.exp
        case .sigmoid: table.sigmoid
        case .tanh: table.tanh
        }
      let function = try #require(entry)
      return [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
        if let y = buffer.baseAddress { function(values, y, values.count) }
        count = values.count
      }
    }
  }

  /// Numbers of every size, both signs, and a dense sweep of where the functions bend.
  static let sweep: [Float] = {
    var list: [Float] = []
    for bits in stride(from: UInt32(0), to: Float(104).bitPattern, by: 30_011) {
      list += [Float(bitPattern: bits), -Float(bitPattern: bits)]
    }
    for i in -52_000...52_000 { list.append(Float(i) / 500) }
    return list
  }()

  @Test(
    "within 4 units in the last place of the true value", arguments: instructionSets, Function.allCases)
  func accuracy(set: String, function: Function) throws {
    let values = Self.sweep
    let results = try function.fast(values, set)
    var worst: (distance: Int64, x: Float) = (0, 0)
    for (x, result) in zip(values, results) {
      let exact = Float(function.exact(x))
      if exact.isNormal {
        // Neighbouring floats of one sign have neighbouring bit patterns; opposite signs are far apart.
        let distance = abs(Int64(exact.bitPattern) - Int64(result.bitPattern))
        if distance > worst.distance { worst = (distance, x) }
      } else if exact.isInfinite {
        #expect(result == exact, "\(function)(\(x))")
      } else {
        // Below the normal numbers results are 0 or subnormal, and may lose digits; tanh keeps them.
        let limit = function == .tanh ? 0 : Float.leastNormalMagnitude
        #expect(abs(result - exact) <= limit, "\(function)(\(x)) = \(result), expected \(exact)")
      }
    }
    #expect(worst.distance <= 4, "\(function) by \(set): worst at \(worst.x)")
  }

  @Test("subnormal results of exp are right to a few of their units", arguments: instructionSets)
  func subnormalExp(set: String) throws {
    let values = stride(from: Float(-103.9), to: -87.3, by: 0.01).map { $0 }
    for (x, result) in zip(values, try Function.exp.fast(values, set)) {
      let exact = Float(Function.exp.exact(x))
      #expect(abs(result - exact) <= 2 * Float.leastNonzeroMagnitude, "exp(\(x))")
    }
  }

  @Test("infinities, NaN, zeros and subnormal numbers", arguments: instructionSets)
  func specials(set: String) throws {
    let tiny = Float.leastNonzeroMagnitude
    let values: [Float] = [
      .infinity, -.infinity, 0, -0.0, tiny, -tiny, 1000, -1000, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude,
    ]
    #expect(
      try Function.exp.fast(values, set) == [.infinity, 0, 1, 1, 1, 1, .infinity, 0, .infinity, 0])
    #expect(try Function.sigmoid.fast(values, set) == [1, 0, 0.5, 0.5, 0.5, 0.5, 1, 0, 1, 0])
    let tanh = try Function.tanh.fast(values, set)
    #expect(tanh == [1, -1, 0, 0, tiny, -tiny, 1, -1, 1, -1])
    #expect(tanh.map(\.sign) == values.map(\.sign))
    for function in Function.allCases {
      // In the vectors and in the rest behind them.
      let nans = try function.fast([Float](repeating: .nan, count: 37), set)
      #expect(nans.allSatisfy { $0.isNaN })
    }
  }

  @Test("exp overflows and becomes 0 where the true value does", arguments: instructionSets)
  func limits(set: String) throws {
    let values: [Float] = [88.722_83, 88.722_84, 104, -87.336_54, -103.972_08, -104.1]
    let results = try Function.exp.fast(values, set)
    #expect(results[0].isFinite && results[0] > 3.4e38)
    #expect(results[1] == .infinity)
    #expect(results[2] == .infinity)
    #expect(results[3] > 0 && results[3] < 1.2e-38)
    #expect(results[5] == 0)
  }

  @Test("a value does not depend on its place in the array", arguments: instructionSets)
  func places(set: String) throws {
    var generator = SplitMix64(seed: 1)
    let values = (0..<53).map { _ in generator.uniform(-6...6) }
    for function in Function.allCases {
      let all = try function.fast(values, set)
      for count in 0..<values.count {
        #expect(try function.fast(Array(values[0..<count]), set) == Array(all[0..<count]))
      }
    }
  }

  @Test(
    "forward and backward agree with the reference", arguments: instructionSets, Activation.allCases)
  func reference(set: String, kind: Activation) throws {
    let all = try loops(set)
    for count in [1, 4, 15, 16, 17, 100] {
      let input = Tensor.random(
        Shape(batch: 1, channels: count, height: 1, width: 1), in: -5...5, seed: UInt64(count))
      let output = activation(input, kind, loops: all)
      // Results are at most 5: one unit in the last place is at most 2^-21.
      expectClose(output, Reference.activation(input, kind), tolerance: 0x1p-21)
      let arriving = Tensor.random(input.shape, seed: 5)
      let back = try activationGradient(arriving, output: output, kind, loops: all)
      let expected = try Reference.activationGradient(arriving, output: output, kind)
      expectClose(back, expected, tolerance: 0x1p-22)
    }
  }

  @Test("relu keeps positive numbers and NaN, all else is 0", arguments: instructionSets)
  func relu(set: String) throws {
    let all = try loops(set)
    let values: [Float] = [
      1, -1, 0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    ]
    let input = Tensor(shape: Shape(channels: 8, height: 1, width: 1), values: values)
    let expected: [Float] = [1, 0, 0, 0, .infinity, 0, .leastNonzeroMagnitude, 0]
    #expect(activation(input, .relu, loops: all).values == expected)
    #expect(Reference.activation(input, .relu).values == expected)
    let nan = Tensor(rows: [[.nan]])
    #expect(activation(nan, .relu, loops: all).values[0].isNaN)
    #expect(Reference.activation(nan, .relu).values[0].isNaN)
  }

  @Test("the derivative of relu is 1 above 0, and 0 at and below it", arguments: instructionSets)
  func reluDerivative(set: String) throws {
    let output = Tensor(rows: [[2, 0, .leastNonzeroMagnitude]])
    let arriving = Tensor(rows: [[3, 5, 7]])
    let expected = Tensor(rows: [[3, 0, 7]])
    #expect(try activationGradient(arriving, output: output, .relu, loops: try loops(set)) == expected)
    #expect(try Reference.activationGradient(arriving, output: output, .relu) == expected)
  }

  @Test("the backward pass refuses another shape, by name", arguments: Activation.allCases)
  func wrongShape(kind: Activation) {
    let two = Tensor(rows: [[1, 2]])
    let one = Tensor(rows: [[1]])
    let expected = OperationError.shape(
      operation: "the backward pass of \(kind.rawValue)", got: "shape 1x1x2",
      expected: "a tensor of shape 1")
    #expect(throws: expected) { try activationGradient(two, output: one, kind) }
    #expect(throws: expected) { try Reference.activationGradient(two, output: one, kind) }
  }
}
