import CFrei0r
import KernelAPI
import TensorOps

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A library with the frei0r interface: its functions, and what it tells of itself.
struct Frei0rLibrary: Sendable {
  typealias Value = @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int32) -> Void
  typealias Update =
    @convention(c) (UnsafeMutableRawPointer, Double, UnsafeRawPointer?, UnsafeMutableRawPointer) -> Void
  typealias Update2 =
    @convention(c) (
      UnsafeMutableRawPointer, Double, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?,
      UnsafeMutableRawPointer
    ) -> Void

  let path: String
  /// The file's name, by which the filter is known to all hosts.
  let name: String
  let title: String
  let author: String
  let explanation: String
  /// `1.2`, the library's own.
  let version: String
  /// Whether it draws without looking at its input.
  let isSource: Bool
  /// Whether the first byte of a pixel is blue.
  let isBGRA: Bool
  let parameters: [Frei0rParameter]
  let construct: @convention(c) (UInt32, UInt32) -> UnsafeMutableRawPointer?
  let destruct: @convention(c) (UnsafeMutableRawPointer) -> Void
  let setValue: Value
  let update: Update?
  let update2: Update2?

  /// Whether it puts ink on what is in the frame that it is given to fill, which must therefore be white.
  var drawsOnWhite: Bool { name == "colorhalftone" }

  /// Filters are not made for several threads, and share the random numbers of the C library: one call at a time of all.
  static let order = CallOrder.oneAtATime()

  /// The first of its kernel's settings, which is not the library's.
  static let resultName = "result"

  private static let mostParameters = 256
  /// The side of the instance that tells the standard values.
  private static let sampleSide: UInt32 = 64
  /// The libraries that were begun with, by their identities.
  private static let started = Locked<Set<UInt>>([])

  /// Whether a library has this interface.
  static func isOne(_ library: SharedLibrary) -> Bool { library.symbol("f0r_get_plugin_info") != nil }

  /// - Throws: `PluginError.loading` for a library that misses a function, that needs several pictures, or whose tables
  ///   break a rule.
  init(_ library: SharedLibrary, name: String) throws {
    path = library.path
    self.name = name
    func problem(_ text: String) -> PluginError { .loading(path: library.path, problem: text) }
    func function<Function>(_ symbol: String, _ type: Function.Type) throws -> Function {
      guard let address = library.symbol(symbol) else {
        throw problem("is no whole frei0r library: it has no function \(symbol)()")
      }
      return unsafeBitCast(address, to: Function.self)
    }
    let start = try function("f0r_init", (@convention(c) () -> Int32).self)
    let describe = try function(
      "f0r_get_plugin_info", (@convention(c) (UnsafeMutablePointer<fm_frei0r_plugin>) -> Void).self)
    let describeParameter = try function(
      "f0r_get_param_info", (@convention(c) (UnsafeMutablePointer<fm_frei0r_parameter>, Int32) -> Void).self)
    let getValue = try function("f0r_get_param_value", Value.self)
    let construct = try function(
      "f0r_construct", (@convention(c) (UInt32, UInt32) -> UnsafeMutableRawPointer?).self)
    let destruct = try function("f0r_destruct", (@convention(c) (UnsafeMutableRawPointer) -> Void).self)
    self.construct = construct
    self.destruct = destruct
    setValue = try function("f0r_set_param_value", Value.self)
    update = library.symbol("f0r_update").map { unsafeBitCast($0, to: Update.self) }
    update2 = library.symbol("f0r_update2").map { unsafeBitCast($0, to: Update2.self) }
    if update == nil, update2 == nil { _ = try function("f0r_update", Update.self) }

    var table = fm_frei0r_plugin()
    Self.order {
      // What it answers means nothing: libraries answer 0 and 1 alike.
      if Self.started.withLock({ $0.insert(library.identity).inserted }) { _ = start() }
      describe(&table)
    }
    guard table.frei0r_version == FM_FREI0R_VERSION else {
      throw problem("is made for version \(table.frei0r_version) of frei0r; this program knows version 1")
    }
    switch table.plugin_type {
    case FM_FREI0R_FILTER, FM_FREI0R_SOURCE: break
    case FM_FREI0R_MIXER2, FM_FREI0R_MIXER3:
      let count = table.plugin_type == FM_FREI0R_MIXER2 ? "two" : "three"
      throw problem("is a frei0r mixer of \(count) pictures; a kernel has one")
    default: throw problem("is of frei0r's type \(table.plugin_type), which there is not")
    }
    guard [FM_FREI0R_BGRA, FM_FREI0R_RGBA, FM_FREI0R_PACKED].contains(table.color_model) else {
      throw problem("has the color model \(table.color_model), which there is not")
    }
    guard (0...Self.mostParameters).contains(Int(table.num_params)) else {
      throw problem("has \(table.num_params) parameters; \(Self.mostParameters) are the most")
    }
    title = Self.line(table.name)
    author = Self.line(table.author)
    explanation = Self.line(table.explanation)
    version = "\(table.major_version).\(table.minor_version)"
    isSource = table.plugin_type == FM_FREI0R_SOURCE
    isBGRA = table.color_model == FM_FREI0R_BGRA

    let count = table.num_params
    parameters = try Self.order {
      guard count > 0 else { return [] }
      guard let sample = construct(Self.sampleSide, Self.sampleSide) else {
        throw problem("f0r_construct() made no instance")
      }
      defer { destruct(sample) }
      var taken: Set = [Self.resultName]
      return try (0..<count).map { index in
        var table = fm_frei0r_parameter()
        describeParameter(&table, index)
        guard let standard = Self.standard(table.type, sample, index, getValue) else {
          throw problem("parameter \(index + 1) is of type \(table.type), which there is not")
        }
        return Frei0rParameter(
          standard, title: Self.line(table.name), explanation: Self.line(table.explanation),
          index: Int(index),
          taken: &taken)
      }
    }
  }

  /// What an instance has for a parameter; `nil` for a type that there is not.
  private static func standard(
    _ type: Int32, _ instance: UnsafeMutableRawPointer, _ index: Int32, _ get: Value
  ) -> Frei0rValue? {
    // Room for the largest type; zeros where the library writes nothing.
    var room: (Double, Double, Double, Double) = (0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &room) { bytes in
      guard let address = bytes.baseAddress, (FM_FREI0R_BOOL...FM_FREI0R_STRING).contains(type) else {
        return nil
      }
      get(instance, address, index)
      func number(_ place: Int) -> Double { plain(bytes.load(fromByteOffset: place, as: Double.self)) }
      func channel(_ place: Int) -> Float {
        let value = bytes.load(fromByteOffset: place, as: Float.self)
        return value.isFinite ? min(max(value, 0), 1) : 0
      }
      switch type {
      case FM_FREI0R_BOOL: return .flag((0.5...1).contains(number(0)))
      case FM_FREI0R_DOUBLE: return .number(number(0))
      case FM_FREI0R_COLOR: return .color(SIMD3(channel(0), channel(4), channel(8)))
      case FM_FREI0R_POSITION: return .position(x: number(0), y: number(8))
      default: return .text(line(bytes.load(as: UnsafePointer<CChar>?.self)))
      }
    }
  }

  /// 0 for what was never set, and a short number for one that went through a `Float`.
  private static func plain(_ value: Double) -> Double {
    guard value.isFinite, (1e-9...1e6).contains(abs(value)) else { return 0 }
    let short = Float(value)
    return Double(short) == value ? Double("\(short)") ?? value : value
  }

  private static func line(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "" }
    return printableLine(UnsafeRawBufferPointer(start: text, count: strnlen(text, longestForeignText)))
  }
}
