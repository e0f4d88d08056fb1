/// What is known of a plugin so far.
struct CheckRecord {
  private(set) var verdict: PluginVerdict
  /// The case that was begun last; 0 before the first.
  private(set) var lastCase = 0
  private(set) var currentKernel: String?
  private var lastCall = (function: "", situation: "")
  private var crashes: [String: Int] = [:]
  private let progress: (String) -> Void

  init(file: String, progress: @escaping (String) -> Void) {
    verdict = PluginVerdict(file: file)
    self.progress = progress
  }

  func crashes(of kernel: String) -> Int { crashes[kernel] ?? 0 }

  mutating func note(_ message: Message) {
    switch message {
    case .loaded(let plugin, let version, let interface, let kernels):
      (verdict.plugin, verdict.version, verdict.interface) = (plugin, version, interface)
      if verdict.kernels.isEmpty { verdict.kernels = kernels.map { PluginVerdict.Kernel(name: $0) } }
    case .beginCase(let number, let kernel):
      if kernel != currentKernel { progress(kernel) }
      (lastCase, currentKernel) = (number, kernel)
      change { $0.settings += 1 }
    case .call(let function, let situation): lastCall = (function, situation)
    case .shape(let taken):
      change {
        if taken { $0.shapes += 1 } else { $0.refusedShapes += 1 }
      }
    case .found(let finding): add(finding)
    case .timed(let input, let milliseconds):
      change { $0.timing = PluginVerdict.Timing(input: input, milliseconds: milliseconds) }
    case .done: break
    }
  }

  /// A process that tried the plugin came to a bad end.
  ///
  /// - Parameter lastWords: the last line on standard error.
  mutating func note(_ end: ProbeEnd, lastWords: String) {
    let said = lastWords.isEmpty ? "" : " It said: \(lastWords)"
    add(
      PluginFinding(
        severity: .fault, kernel: currentKernel, problem: end.problem(in: lastCall.function),
        advice: end.advice + said, situation: lastCall.situation + end.distance))
    if let currentKernel { crashes[currentKernel, default: 0] += 1 }
  }

  mutating func note(printing line: String) {
    add(
      PluginFinding(
        severity: .fault, kernel: nil, problem: "prints to standard output: \(line)",
        advice: "Standard output may be carrying a picture; tell the user something by host->log().",
        situation: ""
      ))
  }

  /// Findings of the same problem count as one.
  private mutating func add(_ finding: PluginFinding) {
    let known = verdict.findings.firstIndex { $0.kernel == finding.kernel && $0.problem == finding.problem }
    if let known {
      verdict.findings[known].count += 1
    } else {
      verdict.findings.append(finding)
    }
  }

  private mutating func change(_ body: (inout PluginVerdict.Kernel) -> Void) {
    if let index = verdict.kernels.firstIndex(where: { $0.name == currentKernel }) {
      body(&verdict.kernels[index])
    }
  }
}
