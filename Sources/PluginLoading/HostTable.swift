import CFeatureMapPlugin

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The table of this program that a plugin is given. It is never freed, as the contract says.
///
/// - Parameter path: of the plugin; its messages are shown with it.
func makeHostTable(for path: String) -> UnsafePointer<fmp_host> {
  let table = UnsafeMutablePointer<fmp_host>.allocate(capacity: 1)
  table.initialize(
    to: fmp_host(
      struct_size: UInt32(MemoryLayout<fmp_host>.size), abi_major: FMP_ABI_MAJOR, abi_minor: FMP_ABI_MINOR,
      reserved: 0, name: UnsafePointer(strdup("featuremap")), context: UnsafeMutableRawPointer(strdup(path)),
      log: { context, level, message in
        guard let context, let message else { return }
        logLine(
          path: String(cString: context.assumingMemoryBound(to: CChar.self)), level: level,
          message: printableLine(
            UnsafeRawBufferPointer(start: message, count: strnlen(message, longestForeignText))))
      }))
  return UnsafePointer(table)
}

/// What a plugin tells the user, on standard error: standard output may be carrying a picture.
private func logLine(path: String, level: Int32, message: String) {
  let kind =
    switch level {
    case 1: "warning: "
    case 2: "error: "
    default: ""
    }
  var line = "featuremap: plugin \(path): \(kind)\(message)\n"
  // In one piece, so that lines of several threads do not mix.
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
