import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The machine that figures belong to; without it they say nothing.
struct Machine: Encodable {
  let processor: String
  let cores: Int
  /// Threads in use.
  let threads: Int
  let instructionSet: String
  let system: String
  let version: String
  /// Single-precision multiplications and additions a second, in billions, of all threads in use.
  let peakGigaflops: Double
  /// Bytes copied a second, in billions, by all threads in use: each is read once and written once.
  let memcpyGigabytes: Double

  init(peakGigaflops: Double, memcpyGigabytes: Double) {
    processor = Self.processorName
    cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    threads = Threads.count
    instructionSet = InnerLoops.best.name
    system = Self.systemName
    version = programVersion
    self.peakGigaflops = peakGigaflops
    self.memcpyGigabytes = memcpyGigabytes
  }

  var text: String {
    let threadText = threads == 1 ? "1 thread" : "\(threads) threads"
    return """
      featuremap \(version) on \(processor), \(cores == 1 ? "1 core" : "\(cores) cores"), \(system)
      \(threadText), \(instructionSet): peak \(threeDigits(peakGigaflops)) GFLOP/s single precision, \
      memcpy \(threeDigits(memcpyGigabytes)) GB/s
      """
  }

  private static var processorName: String {
    #if canImport(Darwin)
      var size = 0
      guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0, size > 0 else {
        return "unknown processor"
      }
      var name = [UInt8](repeating: 0, count: size)
      guard sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0) == 0 else {
        return "unknown processor"
      }
      return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    #else
      let lines = ((try? readFile("/proc/cpuinfo")) ?? []).split(separator: UInt8(ascii: "\n"))
      for line in lines.lazy.map({ String(decoding: $0, as: UTF8.self) }) {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0].hasPrefix("model name") { return String(parts[1].drop { $0 == " " }) }
      }
      return "unknown processor"
    #endif
  }

  private static var systemName: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown system" }
    return [text(names.sysname), text(names.release), text(names.machine)].joined(separator: " ")
  }

  /// The text of one of C's arrays of characters.
  private static func text<Field>(_ field: Field) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
