import CFeatureMapPlugin
import KernelAPI

/// A kernel's table after checking.
package struct BinaryKernelTable: @unchecked Sendable {
  // Tables stay unchanged until the process ends, and their functions may be called from any thread.
  package let plugin: String
  package let descriptor: KernelDescriptor
  package let promise: ThreadPromise
  /// The plugin's own table, which create() is given.
  package let address: UnsafePointer<fmp_kernel>
  package let create:
    @convention(c) (
      UnsafePointer<fmp_kernel>?, UnsafePointer<fmp_value>?, UInt32, UnsafeMutablePointer<fmp_error>?
    ) -> UnsafeMutableRawPointer?
  package let destroy: @convention(c) (UnsafeMutableRawPointer?) -> Void
  package let outputShape:
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<fmp_shape>?, UnsafeMutablePointer<fmp_shape>?,
      UnsafeMutablePointer<fmp_error>?
    ) -> Int32
  package let geometry:
    (
      @convention(c) (
        UnsafeMutableRawPointer?, UnsafeMutablePointer<fmp_geometry>?, UnsafeMutablePointer<fmp_error>?
      ) -> Int32
    )?
  package let run:
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<fmp_input>?, UnsafePointer<fmp_output>?,
      UnsafeMutablePointer<fmp_error>?
    ) -> Int32

  func problem(_ text: String) -> PluginError {
    .call(plugin: plugin, kernel: descriptor.name, problem: text)
  }

  /// Makes a call that answers a code.
  ///
  /// - Parameter name: of the function, for errors.
  /// - Throws: what the plugin tells when the code is not `FMP_OK`.
  func call(_ name: String, _ body: (UnsafeMutablePointer<fmp_error>) -> Int32) throws {
    try withError { error in
      let code = body(error)
      if code != FMP_OK { throw failure(name, code, error) }
    }
  }

  /// Lends a cleared table for an error.
  func withError<Result>(_ body: (UnsafeMutablePointer<fmp_error>) throws -> Result) rethrows -> Result {
    try withUnsafeTemporaryAllocation(of: fmp_error.self, capacity: 1) { room in
      guard let error = room.baseAddress else { preconditionFailure("room for one error has an address") }
      UnsafeMutableRawPointer(error).initializeMemory(
        as: UInt8.self, repeating: 0, count: MemoryLayout<fmp_error>.size)
      error.pointee.struct_size = UInt32(MemoryLayout<fmp_error>.size)
      return try body(error)
    }
  }

  /// What a plugin tells of a failure, or what its code means.
  func failure(_ name: String, _ code: Int32, _ error: UnsafeMutablePointer<fmp_error>) -> PluginError {
    // Not beyond the message, should the plugin have forgotten the NUL.
    let message = withUnsafeBytes(of: &error.pointee.message) { printableLine($0.prefix { $0 != 0 }) }
    if !message.isEmpty { return problem(message) }
    let reason =
      switch code {
      case FMP_ERROR_PARAMETER: "a parameter is not acceptable, it does not say which"
      case FMP_ERROR_SHAPE: "the input's shape is not acceptable, it does not say why"
      case FMP_ERROR_MEMORY: "there is not enough memory"
      case FMP_OK, FMP_ERROR_GENERIC: "it does not say why"
      default: "code \(code), it does not say why"
      }
    return problem("\(name)() failed: \(reason)")
  }
}
