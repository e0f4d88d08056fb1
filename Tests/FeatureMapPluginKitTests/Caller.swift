import FeatureMapPluginKit
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Calls a kernel's table as the program does.
final class Caller {
  let table: UnsafePointer<fmp_kernel>
  private let instance: UnsafeMutableRawPointer?
  /// What the last call told to be wrong.
  private(set) var message = ""
  private(set) var code: Int32 = 0

  /// - Parameter values: a number or a text for each parameter.
  init(_ table: UnsafePointer<fmp_kernel>, _ values: [any Sendable]) {
    self.table = table
    var error = Self.emptyError()
    let given = values.map { value in
      fmp_value(
        number: value as? Double ?? 0, text: (value as? String).map { UnsafePointer(strdup($0)) } ?? nil)
    }
    instance = table.pointee.create(table, given, UInt32(given.count), &error)
    for value in given { free(UnsafeMutablePointer(mutating: value.text)) }
    note(error)
  }

  deinit {
    if let instance { table.pointee.destroy(instance) }
  }

  var isMade: Bool { instance != nil }

  /// The result, `nil` where the call fails.
  func run(_ input: [Float], shape: Shape, output: Shape) -> [Float]? {
    var error = Self.emptyError()
    var result = [Float](repeating: -99, count: output.count)
    let status = input.withUnsafeBufferPointer { input in
      result.withUnsafeMutableBufferPointer { result in
        var from = fmp_input(data: input.baseAddress, shape: Self.plain(shape))
        var to = fmp_output(data: result.baseAddress, shape: Self.plain(output))
        return table.pointee.run(instance, &from, &to, &error)
      }
    }
    note(error)
    #expect(status == error.code)
    return status == FMP_OK ? result : nil
  }

  func outputShape(_ input: Shape) -> fmp_shape? {
    var error = Self.emptyError()
    var (from, to) = (Self.plain(input), fmp_shape())
    let status = table.pointee.output_shape(instance, &from, &to, &error)
    note(error)
    return status == FMP_OK ? to : nil
  }

  func geometry() -> fmp_geometry {
    var error = Self.emptyError()
    var geometry = fmp_geometry()
    geometry.struct_size = UInt32(MemoryLayout<fmp_geometry>.size)
    #expect(table.pointee.geometry(instance, &geometry, &error) == FMP_OK)
    return geometry
  }

  private func note(_ error: fmp_error) {
    code = error.code
    message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private static func emptyError() -> fmp_error {
    var error = fmp_error()
    error.struct_size = UInt32(MemoryLayout<fmp_error>.size)
    return error
  }

  private static func plain(_ shape: Shape) -> fmp_shape {
    fmp_shape(
      channels: UInt32(shape.channels), height: UInt32(shape.height), width: UInt32(shape.width))
  }
}
