import TensorCore
import Testing

@testable import TensorOps

@Suite("Shapes and settings of cross-correlation")
struct CorrelationShapeTests {
  private func size(
    _ input: Extent, _ kernel: Extent, _ options: CorrelationOptions = .init()
  ) throws -> Extent {
    try options.outputShape(
      input: Shape(channels: 1, height: input.height, width: input.width),
      weight: Shape(batch: 1, channels: 1, height: kernel.height, width: kernel.width)
    ).extent
  }

  @Test("the chapter's shapes: padding 1; padding (2, 1) of 5x3; padding 1 with stride 2")
  func chapter() throws {
    #expect(try size(Extent(8), Extent(3), .init(padding: Edges(1))) == Extent(8))
    #expect(
      try size(
        Extent(8), Extent(height: 5, width: 3), .init(padding: Edges(vertical: 2, horizontal: 1)))
        == Extent(8))
    #expect(try size(Extent(8), Extent(3), .init(stride: Extent(2), padding: Edges(1))) == Extent(4))
    #expect(try size(Extent(240), Extent(41)) == Extent(200))
  }

  @Test("the window count equals counting the places where a window fits")
  func countedWindows() {
    for input in 0...6 {
      for padding in 0...2 {
        for coverage in 1...5 {
          for stride in 1...4 {
            let places = Swift.stride(from: -padding, through: input, by: stride)
              .filter { $0 + coverage <= input + 1 }
            #expect(
              windowCount(input: input, before: padding, after: 1, coverage: coverage, stride: stride)
                == places.count)
          }
        }
      }
    }
  }

  @Test("same padding keeps the size at stride 1, the larger half at the bottom and right")
  func samePadding() throws {
    for height in 1...6 {
      for dilation in 1...3 {
        let kernel = Extent(height: height, width: 7 - height)
        let edges = CorrelationOptions.samePadding(kernel: kernel, dilation: Extent(dilation))
        let options = CorrelationOptions(padding: edges, dilation: Extent(dilation))
        #expect(try size(Extent(9), kernel, options) == Extent(9))
        #expect((0...1).contains(edges.bottom - edges.top))
        #expect((0...1).contains(edges.right - edges.left))
      }
    }
    #expect(
      CorrelationOptions.samePadding(kernel: Extent(height: 2, width: 3))
        == Edges(top: 0, bottom: 1, left: 1, right: 1))
  }

  /// The text of the error that `body` throws.
  private func message(_ body: () throws -> Any) -> String? {
    do {
      _ = try body()
      return nil
    } catch { return "\(error)" }
  }

  @Test("a window that is too large is named with the sizes and a way out")
  func tooLarge() {
    let small = Tensor(rows: [[1, 2], [3, 4]])
    let kernel = Tensor(shape: Shape(channels: 1, height: 3, width: 3))
    let expected = """
      cross-correlation: a window of 3x3 does not fit into an input of 2x2 with padding 0; \
      use a larger picture, a smaller kernel, more padding, or for a filter another border
      """
    #expect(message { try crossCorrelation(small, weight: kernel) } == expected)
    #expect(message { try Reference.crossCorrelation(small, weight: kernel) } == expected)
    #expect(
      throws: OperationError.windowTooLarge(
        operation: "cross-correlation", window: Extent(5), input: Extent(2),
        padding: Edges(vertical: 1, horizontal: 0))
    ) {
      try crossCorrelation(
        small, weight: kernel,
        options: .init(padding: Edges(vertical: 1, horizontal: 0), dilation: Extent(2)))
    }
  }

  @Test("channels that do not fit the weight are told")
  func wrongChannels() {
    let input = Tensor(shape: Shape(channels: 3, height: 4, width: 4))
    let weight = Tensor(shape: Shape(batch: 2, channels: 1, height: 3, width: 3))
    #expect(
      message { try crossCorrelation(input, weight: weight) }
        == "cross-correlation needs 1 input channels, got 3 (shape 3x4x4)")
  }

  @Test("settings without meaning are refused")
  func settings() {
    let input = Tensor(shape: Shape(channels: 2, height: 4, width: 4))
    let weight = Tensor(shape: Shape(batch: 3, channels: 1, height: 2, width: 2))
    let bad: [(CorrelationOptions, String)] = [
      (.init(stride: Extent(0), groups: 2), "stride 0x0, dilation 1x1 and groups 2 must all be at least 1"),
      (
        .init(dilation: Extent(height: 1, width: -1)),
        "stride 1x1, dilation 1x-1 and groups 1 must all be at least 1"
      ),
      (.init(groups: 0), "stride 1x1, dilation 1x1 and groups 0 must all be at least 1"),
      (
        .init(padding: Edges(top: 0, bottom: -1, left: 0, right: 0), groups: 2),
        "padding (top 0, bottom -1, left 0, right 0) must not be negative"
      ),
      (.init(groups: 2), "3 output channels cannot be split into 2 groups"),
    ]
    for (options, problem) in bad {
      #expect(
        throws: OperationError.setting(operation: "cross-correlation", problem: problem),
        "\(problem)"
      ) {
        try crossCorrelation(input, weight: weight, options: options)
      }
    }
  }

  @Test("a kernel without rows or columns is refused as such")
  func emptyKernel() {
    let input = Tensor(shape: Shape(channels: 1, height: 4, width: 4))
    let weight = Tensor(shape: Shape(channels: 1, height: 0, width: 2))
    #expect(
      message { try crossCorrelation(input, weight: weight) }
        == "cross-correlation: a kernel of 0x2 has no weights")
  }

  @Test("a bias needs one value for each output channel")
  func wrongBias() {
    let input = Tensor(shape: Shape(channels: 1, height: 4, width: 4))
    let weight = Tensor(shape: Shape(batch: 2, channels: 1, height: 2, width: 2))
    #expect(
      message { try crossCorrelation(input, weight: weight, bias: [1]) }
        == "cross-correlation needs one bias for each of 2 outputs, got 1")
  }

  @Test("the backward pass refuses a gradient that has not the output's shape")
  func wrongGradient() {
    let input = Tensor(shape: Shape(channels: 1, height: 4, width: 4))
    let weight = Tensor(shape: Shape(batch: 2, channels: 1, height: 2, width: 2))
    let expected = "the backward pass of cross-correlation needs a tensor of shape 2x3x3, got shape 1x4x4"
    #expect(message { try crossCorrelationGradients(input, input: input, weight: weight) } == expected)
    #expect(
      message { try Reference.crossCorrelationGradients(input, input: input, weight: weight) } == expected)
  }
}
