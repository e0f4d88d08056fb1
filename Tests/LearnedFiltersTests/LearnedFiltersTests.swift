import CLeNetWeights
import FileAccess
import KernelAPI
import Networks
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import LearnedFilters

@Suite("Learned filters through the registry")
struct LearnedFiltersTests {
  private func kernel(_ text: String) throws -> any Kernel {
    try KernelRegistry([LearnedFiltersPlugin()]).kernel(for: try KernelSpecification(parsing: text))
  }

  private func apply(_ text: String, _ picture: Tensor) throws -> Tensor {
    let kernel = try kernel(text)
    return try kernel(picture)
  }

  private func message(_ text: String) throws -> String {
    "\(try #require(throws: (any Error).self) { try kernel(text) })"
  }

  /// Runs with a file of three filters of one input, two of three inputs, and arrays that are no filters.
  private func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    let file = Safetensors(arrays: [
      NamedArray(name: "vector", dimensions: [2], values: [1, 2]),
      NamedArray(name: "conv1.weight", dimensions: [3, 1, 1, 2], values: [1, 0, 0, 1, -1, 1]),
      NamedArray(name: "conv1.bias", dimensions: [3], values: [10, 20, 30]),
      NamedArray(name: "color.weight", dimensions: [2, 3, 1, 1], values: [1, 2, 3, 0, 0, 1]),
      NamedArray(name: "flat", dimensions: [2, 2], values: [1, 2, 3, 4]),
      NamedArray(name: "broken", dimensions: [1, 1], values: [.nan]),
    ])
    return try withExtendedLifetime(folder) {
      try writeFile(try file.encoded(), to: folder("filters.safetensors"))
      return try body(folder("filters.safetensors"))
    }
  }

  private let picture = Tensor(rows: [[1, 2, 4], [8, 16, 32]])

  @Test("the first array that can be a filter is taken, with its bias")
  func firstArray() throws {
    let output = try withFile { try apply("\($0):border=valid", picture) }
    #expect(
      output
        == Tensor(planes: [
          [[11, 12], [18, 26]], [[22, 24], [36, 52]], [[31, 32], [38, 46]],
        ]))
  }

  @Test("tensor= chooses the array, channel= one filter of it, bias=no leaves the bias out")
  func choices() throws {
    try withFile { (path: String) throws in
      #expect(
        try apply("\(path):tensor=conv1.weight:channel=1:bias=no:border=valid", picture)
          == Tensor(rows: [[2, 4], [16, 32]]))
      #expect(
        try apply("\(path):channel=2:border=valid", picture) == Tensor(rows: [[31, 32], [38, 46]]))
      #expect(
        try apply("\(path):tensor=flat:border=valid", picture) == Tensor(rows: [[93, 186]]))
      #expect(
        try apply("learned:file=\(path):tensor=flat:border=valid", picture) == Tensor(rows: [[93, 186]]))
    }
  }

  @Test("filters with several inputs need a picture of as many channels; those with one take each colour")
  func channels() throws {
    let color = Tensor(planes: [[[1, 2]], [[10, 20]], [[100, 200]]])
    try withFile { (path: String) throws in
      let mixed = try kernel("\(path):tensor=color.weight")
      #expect(try mixed(color) == Tensor(planes: [[[321, 642]], [[100, 200]]]))
      #expect(
        throws: OperationError.shape(
          operation: "filters", got: "1", expected: "a picture of 3 channels")
      ) { try mixed(picture) }
      let each = try kernel("\(path):tensor=conv1.weight:bias=no:border=valid")
      let maps = try each(color)
      #expect(maps.values == [1, 2, 1, 10, 20, 10, 100, 200, 100])
      #expect(try each.outputShape(for: color.shape) == maps.shape)
    }
  }

  @Test("the border mode is used, and keeps the size")
  func border() throws {
    try withFile { (path: String) throws in
      let text = "\(path):channel=1:bias=no"
      // Weights 0, 1: the value to the right, beyond the picture what the mode says.
      #expect(try apply("\(text):border=zero", picture) == Tensor(rows: [[2, 4, 0], [16, 32, 0]]))
      #expect(try apply("\(text):border=replicate", picture) == Tensor(rows: [[2, 4, 4], [16, 32, 32]]))
      #expect(try apply(text, picture) == Tensor(rows: [[2, 4, 2], [16, 32, 16]]))
      #expect(try apply("\(path):border=circular", picture).shape.description == "3x2x3")
    }
  }

  @Test("one map and many by the same filter agree at even sizes too")
  func evenSizes() throws {
    try withFile { (path: String) throws in
      let maps = try apply("\(path):tensor=conv1.weight", picture)
      for channel in 0..<3 {
        #expect(
          try apply("\(path):tensor=conv1.weight:channel=\(channel)", picture)
            == maps.channel(channel))
      }
    }
  }

  @Test("what cannot be used is refused, with what is wrong")
  func refusals() throws {
    #expect(try message("learned") == "learned: say which file: learned:file=filter.json")
    try withFile { (path: String) throws in
      #expect(
        try message("\(path):channel=3") == "filters: channel=3 is not accepted; expected -1...2")
      #expect(
        try message("\(path):channel=-2") == "filters: channel=-2 is not accepted; expected -1...2")
      #expect(
        try message("\(path):tensor=conv2")
          == "weights 'conv2': not in the file; there is: vector, conv1.weight, conv1.bias, color.weight, "
          + "flat, broken")
      #expect(
        try message("\(path):tensor=vector")
          == "weights 'vector': dimensions [2] are no kernel; expected [out, in, height, width]")
      #expect(
        try message("\(path):tensor=broken") == "weights 'broken': holds a value that is not finite")
      #expect(
        try message("\(path):border=none")
          == "filters: border=none is not accepted; expected zero|replicate|reflect|symmetric|circular|valid")
    }
  }

  @Test("lenet-conv1 with a zero border is the network's first layer, on a picture of any size")
  func leNetFirstLayer() throws {
    var count = 0
    let bytes = Array(UnsafeBufferPointer(start: fm_lenet_weights(&count), count: count))
    let file = try Safetensors(bytes: bytes, name: "lenet")
    let weight = try #require(try file.array(named: "conv1.weight").weightTensor)
    let bias = try file.array(named: "conv1.bias").values
    for shape in [Shape(channels: 1, height: 28, width: 28), Shape(channels: 1, height: 9, width: 40)] {
      let picture = Tensor.random(shape, in: 0...1, seed: 2)
      let expected = try Reference.crossCorrelation(
        picture, weight: weight, bias: bias, options: CorrelationOptions(padding: Edges(2)))
      expectClose(try apply("lenet-conv1:border=zero", picture), expected, tolerance: 1e-5)
      expectClose(
        try apply("lenet-conv1:border=zero:channel=4", picture), expected.channel(4), tolerance: 1e-5)
    }
    #expect(
      try message("lenet-conv1:channel=6")
        == "lenet-conv1: channel=6 is not accepted; expected -1...5")
  }

  @Test("weights can be shown, work is counted, and the window is the kernel's")
  func properties() throws {
    let bank = try #require(try kernel("lenet-conv1") as? FilterBank)
    #expect(bank.visibleWeights.map(\.dimensions) == [[6, 1, 5, 5]])
    #expect(bank.window == .centered(Extent(5)))
    #expect(try bank.multiplyAdds(for: Shape(channels: 1, height: 28, width: 28)) == 117_600)
    #expect(try bank.multiplyAdds(for: Shape(channels: 3, height: 28, width: 28)) == 352_800)
  }
}
