import PluginChecking

/// A verdict for a person: what was tried, what was found, and what can be done.
struct VerdictText {
  private let verdict: PluginVerdict

  init(_ verdict: PluginVerdict) { self.verdict = verdict }

  var text: String {
    var lines: [String] = []
    if !verdict.plugin.isEmpty {
      let version = verdict.version.isEmpty ? "" : " \(verdict.version)"
      lines.append("\(verdict.plugin)\(version), made for interface \(verdict.interface)")
    }
    for kernel in verdict.kernels {
      lines.append("\(kernel.name): \(work(kernel))")
      lines += findings(of: kernel.name)
    }
    lines += findings(of: nil)
    lines.append(conclusion)
    return lines.joined(separator: "\n")
  }

  private func work(_ kernel: PluginVerdict.Kernel) -> String {
    let settings = kernel.settings == 1 ? "1 combination" : "\(kernel.settings) combinations"
    let refused = kernel.refusedShapes == 0 ? "" : ", \(grouped(kernel.refusedShapes)) refused"
    let time = kernel.timing.map { "; \($0.input) takes \(duration($0.milliseconds))" } ?? ""
    return "\(settings) of settings, \(grouped(kernel.shapes)) inputs taken\(refused)\(time)"
  }

  private func findings(of kernel: String?) -> [String] {
    verdict.findings.filter { $0.kernel == kernel }.flatMap { finding in
      let indent = kernel == nil ? "" : "  "
      var lines = [wrapped("\(finding.severity.rawValue): \(finding.problem)", indent)]
      if !finding.situation.isEmpty {
        let more = finding.count > 1 ? " (and \(finding.count - 1) more)" : ""
        lines.append(wrapped("seen with \(finding.situation)\(more)", indent + "  "))
      }
      lines.append(wrapped(finding.advice, indent + "  "))
      return lines
    }
  }

  private func wrapped(_ text: String, _ indent: String) -> String {
    FeatureMapCommands.wrapped(text, width: 100, indent: indent)
  }

  private var conclusion: String {
    func count(_ severity: PluginFinding.Severity) -> Int {
      verdict.findings.count { $0.severity == severity }
    }
    let counts = [(PluginFinding.Severity.fault, "faults"), (.warning, "warnings")].compactMap {
      severity, many in
      switch count(severity) {
      case 0: nil as String?
      case 1: "1 \(severity.rawValue)"
      case let number: "\(number) \(many)"
      }
    }
    let found = counts.isEmpty ? "" : ": \(counts.joined(separator: ", "))"
    return "\(verdict.file) is \(verdict.isFit ? "fit" : "not fit")\(found)"
  }

  private func duration(_ milliseconds: Double) -> String {
    milliseconds < 10 ? "\(rounded(milliseconds, 100)) ms" : "\(Int(milliseconds.rounded())) ms"
  }

  private func rounded(_ value: Double, _ steps: Double) -> Double { (value * steps).rounded() / steps }
}

/// A verdict for programs.
struct VerdictRecord: Encodable {
  let file: String
  let fit: Bool
  let plugin: String
  let version: String
  let interface: String
  let kernels: [PluginVerdict.Kernel]
  let findings: [PluginFinding]

  init(_ verdict: PluginVerdict) {
    (file, fit, plugin) = (verdict.file, verdict.isFit, verdict.plugin)
    (version, interface) = (verdict.version, verdict.interface)
    (kernels, findings) = (verdict.kernels, verdict.findings)
  }
}
