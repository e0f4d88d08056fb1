import CFrei0r

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An instance of a filter for frames of one size, with all its values set. To be used within `Frei0rLibrary.order`.
struct Frei0rInstance: ~Copyable {
  private let library: Frei0rLibrary
  private let instance: UnsafeMutableRawPointer
  /// Some filters keep the address of a text instead of the text.
  private var texts: [UnsafeMutablePointer<CChar>] = []

  /// - Throws: `PluginError.call` when the library makes none.
  init(_ library: Frei0rLibrary, width: Int, height: Int, values: [Frei0rValue]) throws {
    guard let instance = library.construct(UInt32(width), UInt32(height)) else {
      throw PluginError.call(
        plugin: "frei0r", kernel: library.name,
        problem: "it makes no instance for frames of \(width)x\(height)")
    }
    self.library = library
    self.instance = instance
    for (index, value) in values.enumerated() { set(value, Int32(index)) }
  }

  deinit {
    library.destruct(instance)
    for text in texts { free(text) }
  }

  private mutating func set(_ value: Frei0rValue, _ index: Int32) {
    func give(_ value: some Any) {
      var value = value
      withUnsafeMutablePointer(to: &value) { library.setValue(instance, $0, index) }
    }
    switch value {
    case .flag(let isOn): give(isOn ? 1.0 : 0.0)
    case .number(let number): give(number)
    case .color(let color): give((color.x, color.y, color.z))
    case .position(let x, let y): give((x, y))
    case .text(let text):
      guard let copy = strdup(text) else { return }
      texts.append(copy)
      give(copy)
    }
  }

  /// Makes the first frame of a video.
  ///
  /// - Parameters:
  ///   - input: `nil` for a source.
  ///   - output: of the size that the instance was made for.
  func update(_ input: UnsafeRawPointer?, _ output: UnsafeMutableRawPointer) {
    if let update = library.update {
      update(instance, 0, input, output)
    } else {
      library.update2?(instance, 0, input, nil, nil, output)
    }
  }
}
