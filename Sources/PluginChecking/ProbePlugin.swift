import PluginLoading

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the process does that `PluginCheck` starts: tries a plugin and tells everything on file 3.
///
/// - Parameters:
///   - firstCase: cases up to this one are left out.
///   - skipped: kernels that are left out.
public func probePlugin(_ path: String, after firstCase: Int, without skipped: [String]) {
  func tell(_ message: Message) {
    guard var line = try? JSONEncoder().encode(message) else { return }
    line.append(10)
    // In one piece: what is told before a crash has arrived.
    line.withUnsafeBytes { bytes in
      _ = write(Probe.messageFile, bytes.baseAddress, bytes.count)
    }
  }
  do {
    try Probe(path: path, firstCase: firstCase, skipped: Set(skipped), tell: tell).run()
  } catch {
    tell(
      .found(
        PluginFinding(
          severity: .fault, kernel: nil, problem: "\(error)",
          advice:
            "Nothing else can use it either; featuremap_plugin.h says what a library exports and its tables hold.",
          situation: "")))
    tell(.done)
  }
}
