import TensorCore
import TensorOps

/// Anything that turns feature maps into feature maps: an edge detector, a pooling layer, a plugin's filter.
///
/// A kernel is configured once and then called on any number of tensors, from any thread.
public protocol Kernel: Sendable {
  /// Which inputs an output depends on; receptive fields are computed from it.
  var window: Window { get }

  /// The shape of the result for an input of this shape.
  ///
  /// - Throws: an error that says which shape was expected when the kernel cannot work on this one.
  func outputShape(for input: Shape) throws -> Shape

  /// The feature maps that this kernel makes of `input` [N, C, H, W].
  ///
  /// - Throws: what `outputShape(for:)` throws.
  func callAsFunction(_ input: Tensor) throws -> Tensor
}

/// A kernel that is always given whole pictures: never in bands, nor only the part of a picture that its window names.
///
/// For kernels whose window is a promise of others, such as those of shared libraries, and nothing to compute by.
public protocol WholeInputKernel: Kernel {}

/// A kernel that rounds its input, so that it does not notice changes that are too small.
public protocol RoundingKernel: Kernel {
  /// The difference of two values that follow each other, such as 1/255; `nil` where it does not round after all.
  var inputStep: Float? { get }
}

/// A kernel that says how many multiplications and additions of pairs it needs.
public protocol CountedKernel: Kernel {
  /// Products summed for one example of this shape.
  func multiplyAdds(for input: Shape) throws -> Int
}

/// A kernel with several inputs, such as the addition of a residual network.
///
/// Called with one input, it behaves as any kernel.
public protocol JoiningKernel: Kernel {
  func outputShape(for inputs: [Shape]) throws -> Shape
  func callAsFunction(_ inputs: [Tensor]) throws -> Tensor
  /// The backward pass: one gradient for each input.
  func backward(_ outputGradient: Tensor, inputs: [Tensor]) throws -> [Tensor]
}

extension JoiningKernel {
  public func outputShape(for input: Shape) throws -> Shape { try outputShape(for: [input]) }
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try self([input]) }
}

/// A kernel with a backward pass, and with weights where it can learn.
public protocol DifferentiableKernel: Kernel {
  /// The arrays that training changes, by PyTorch's names (`weight`, `bias`); empty for most kernels.
  var weights: [NamedArray] { get set }

  /// The derivatives of a loss by the input and the weights.
  ///
  /// - Parameters:
  ///   - outputGradient: the derivative by the output.
  ///   - input: what the kernel was called with.
  ///   - output: what it answered.
  ///   - needsInput: `false` allows the kernel to leave out the derivative by the input.
  func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients
}

extension DifferentiableKernel {
  public var weights: [NamedArray] {
    get { [] }
    set { precondition(newValue.isEmpty, "this kernel has no weights") }
  }
}

/// What a backward pass gives.
public struct KernelGradients: Sendable {
  /// By the input, of its shape; `nil` where it was not asked for.
  public var input: Tensor?
  /// By the weights, in their order and layout.
  public var weights: [[Float]]

  public init(input: Tensor?, weights: [[Float]] = []) {
    self.input = input
    self.weights = weights
  }
}
