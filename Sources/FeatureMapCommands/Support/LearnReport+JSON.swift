import FeatureMap

extension LearnReport {
  /// The kernel as a file that `apply` and `kernels` read.
  var kernelFile: String {
    let shape = kernel.weight.shape
    let weights = kernel.weight.values.map { Float($0) }
    func matrix(_ index: Int, indent: String) -> String {
      let rows = (0..<size.height).map { i in
        let start = index * size.count + i * size.width
        return "[" + weights[start..<start + size.width].map { "\($0)" }.joined(separator: ", ") + "]"
      }
      return "[" + rows.joined(separator: ",\n \(indent)") + "]"
    }
    let first = pairs.map { "\(fileName(of: $0.before)) and \(fileName(of: $0.after))" }
    var summary = "\(kind); learned from \(first.prefix(3).joined(separator: ", "))"
    if first.count > 3 { summary += " and \(first.count - 3) more pairs" }
    summary += "; RMS error \(formatted(fit.rootMeanSquare))"
    if !exact.isDetermined { summary += "; not determined, one of many that do the same" }
    var text = "{\n  \"name\": \(quoted(name)),\n  \"summary\": \(quoted(summary)),\n"
    if shape.batch == 1 && shape.channels == 1 {
      let indent = "  \"kernels\": [{\"matrix\": "
      text += indent + matrix(0, indent: String(repeating: " ", count: indent.count)) + "}]"
    } else {
      let outputs = (0..<shape.batch).map { output in
        let inputs = (0..<shape.channels).map {
          matrix(output * shape.channels + $0, indent: String(repeating: " ", count: 6))
        }
        return "    [\n      " + inputs.joined(separator: ",\n      ") + "\n    ]"
      }
      text += "  \"weights\": [\n" + outputs.joined(separator: ",\n") + "\n  ]"
    }
    if let bias = kernel.bias {
      text += ",\n  \"bias\": [" + bias.map { "\(Float($0))" }.joined(separator: ", ") + "]"
    }
    return text + "\n}\n"
  }

  private func quoted(_ text: String) -> String {
    (try? json(text, pretty: false)) ?? "\"\""
  }

  /// What `learn --format json` prints.
  struct Printed: Encodable {
    struct Pair: Encodable {
      let before: String
      let after: String
    }

    struct Step: Encodable {
      let step: Int
      let loss: Double
    }

    let file: String?
    let files: [String]
    let pairs: [Pair]
    let method: String
    let channels: String
    /// [Cout][Cin][kH][kW]
    let weights: [[[[Double]]]]
    let bias: [Double]?
    /// The standard errors of the systems' unknowns, row by row of a kernel, the bias last; null where unknown.
    let standardErrors: [[Double?]]?
    let count: Int
    let skipped: Int
    let startLoss: Double
    let leastLoss: Double
    let loss: Double
    let learningRate: Double?
    let steps: [Step]?
    let rootMeanSquare: Double
    /// `null` for a fit without any error.
    let peakSignalToNoise: Double?
    let explained: Double?
    let determined: Bool
    let rank: Int
    let unknowns: Int
    /// `null` where the kernel is not determined.
    let conditionNumber: Double?
    let smallestEigenvalue: Double
    let largestEigenvalue: Double
  }

  var printed: Printed {
    let weight = kernel.weight
    let shape = weight.shape
    return Printed(
      file: files.first, files: files, pairs: pairs.map { Printed.Pair(before: $0.before, after: $0.after) },
      method: learningRate == nil
        ? LearnCommand.Method.leastSquares.rawValue : LearnCommand.Method.descent.rawValue,
      channels: learning.sharing.rawValue,
      weights: (0..<shape.batch).map { o in
        (0..<shape.channels).map { c in
          (0..<shape.height).map { i in (0..<shape.width).map { weight[o, c, i, $0] } }
        }
      },
      bias: kernel.bias, standardErrors: learningRate == nil ? standardErrors : nil, count: fit.count,
      skipped: skipped, startLoss: exact.startLoss, leastLoss: exact.endLoss,
      loss: fit.squaredErrors.reduce(0, +), learningRate: learningRate,
      steps: learningRate == nil ? nil : steps.map { Printed.Step(step: $0.step, loss: $0.loss) },
      rootMeanSquare: fit.rootMeanSquare,
      peakSignalToNoise: peakSignalToNoise.isFinite ? peakSignalToNoise : nil, explained: explained,
      determined: exact.isDetermined, rank: exact.rank, unknowns: exact.unknowns,
      conditionNumber: exact.conditionNumber.isFinite ? exact.conditionNumber : nil,
      smallestEigenvalue: exact.smallestEigenvalue, largestEigenvalue: exact.largestEigenvalue)
  }
}
