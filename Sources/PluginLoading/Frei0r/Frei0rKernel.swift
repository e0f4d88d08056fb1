import KernelAPI
import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A filter of frei0r at work on pictures: [N, 1 or 3, H, W] of 0...1 to [N, 3, H, W].
struct Frei0rKernel: WholeInputKernel, RoundingKernel {
  /// What of the filter's frame is the result.
  enum Result: String, CaseIterable {
    case colors
    case opacity
  }

  private let library: Frei0rLibrary
  private let values: [Frei0rValue]
  private let result: Result

  /// - Throws: `KernelError.parameterValue` for a text that is no color.
  init(_ library: Frei0rLibrary, _ settings: ParameterValues) throws {
    self.library = library
    values = try library.parameters.map {
      try $0.value(settings, kernel: Frei0rPlugin.kernelName(library.name))
    }
    result = Result(rawValue: settings.text(Frei0rLibrary.resultName)) ?? .colors
  }

  /// Filters do not tell what they look at.
  var window: Window { .global }

  /// Frames have 8 bits.
  var inputStep: Float? { 1 / 255 }

  func outputShape(for input: Shape) throws -> Shape {
    _ = try layout(input)
    return Shape(batch: input.batch, channels: 3, height: input.height, width: input.width)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    let layout = try layout(input.shape)
    let shape = try outputShape(for: input.shape)
    return try Tensor(shape: shape) { output in
      try input.values.withUnsafeBufferPointer { values in
        for example in 0..<shape.batch {
          let given = input.shape.exampleCount
          let made = shape.exampleCount
          try run(
            UnsafeBufferPointer(rebasing: values[example * given..<(example + 1) * given]),
            UnsafeMutableBufferPointer(rebasing: output[example * made..<(example + 1) * made]), layout)
        }
      }
    }
  }

  /// Runs a new instance on one example: filters remember frames.
  private func run(
    _ input: UnsafeBufferPointer<Float>, _ output: UnsafeMutableBufferPointer<Float>, _ layout: Frei0rLayout
  ) throws {
    guard let goal = output.baseAddress else { return }
    let source = Frei0rFrame(layout)
    let frame = Frei0rFrame(layout)
    source.fill(input, isBGRA: library.isBGRA)
    if library.drawsOnWhite {
      frame.whiten()
    } else if !library.isSource {
      // Some filters leave out the border.
      frame.copy(source)
    }
    try Frei0rLibrary.order {
      // Filters that draw lots draw the same ones each time.
      srand(1)
      let instance = try Frei0rInstance(
        library, width: layout.width, height: layout.height, values: values)
      instance.update(library.isSource ? nil : UnsafeRawPointer(source.bytes), frame.bytes)
    }
    guard source.isIntact, frame.isIntact else {
      throw PluginError.call(
        plugin: "frei0r", kernel: library.name,
        problem:
          "it wrote beyond its frame of \(layout.width)x\(layout.height); it may work with a larger picture")
    }
    let plane = layout.picture.height * layout.picture.width
    for channel in 0..<3 {
      let color = library.isBGRA ? 2 - channel : channel
      frame.take(byte: result == .opacity ? 3 : color, to: goal + channel * plane)
    }
  }

  private func layout(_ input: Shape) throws -> Frei0rLayout {
    let kernel = Frei0rPlugin.kernelName(library.name)
    guard input.channels == 1 || input.channels == 3 else {
      throw KernelError.unusable(
        kernel: kernel, problem: "takes pictures of 1 or 3 channels with values of 0...1, got \(input)")
    }
    guard let layout = Frei0rLayout(input.extent) else {
      throw KernelError.unusable(
        kernel: kernel,
        problem: "takes pictures of at most \(Frei0rLayout.mostPixels >> 20) megapixels, got \(input)"
      )
    }
    return layout
  }
}
