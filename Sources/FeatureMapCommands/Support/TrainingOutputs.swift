import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a training writes beside the weights, anew after each epoch: charts, tables, pictures of kernels, and
/// files that TensorBoard reads.
struct TrainingOutputs {
  /// `.png` or `.svg`
  var plots: [String] = []
  /// `.csv` or `.jsonl`
  var metrics: [String] = []
  /// A folder for TensorBoard.
  var logFolder: String?
  /// A folder for a picture of the first layer's kernels after each epoch, and an animation of them.
  var frameFolder: String?
  /// What the judged pictures are called: `validation` or `test`.
  var judgedName = "test"
  private var frames: KernelFrames?
  private var events: [UInt8] = []
  private var eventPath = ""

  init() {}

  /// - Throws: `CommandError.choice` for a name whose ending tells no format; errors of folders that
  ///   cannot be made or written to.
  mutating func prepare() throws {
    for path in plots where !["png", "svg"].contains(fileExtension(of: path)) {
      throw CommandError.choice("\(path): a chart goes into a file that ends in .png or .svg")
    }
    for path in metrics where !["csv", "jsonl"].contains(fileExtension(of: path)) {
      throw CommandError.choice("\(path): metrics go into a file that ends in .csv or .jsonl")
    }
    if let logFolder {
      let now = Self.now
      eventPath = joinPath(logFolder, "events.out.tfevents.\(Int(now)).featuremap")
      events = EventFile.start(time: now)
    }
    let frames = frameFolder.map { [joinPath($0, "frame")] } ?? []
    for path in plots + metrics + frames + (logFolder == nil ? [] : [eventPath]) {
      try OutputPlace.prepare(path)
      try checkWritable(path)
    }
  }

  var files: [String] { plots + metrics }

  /// Seconds since 1970.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Writes everything anew.
  mutating func write(_ history: [EpochMetrics], _ network: Network) throws {
    for path in plots {
      let chart = chart(history, title: "\(network.name): training")
      if fileExtension(of: path) == "svg" {
        try writeFile(Array(chart.svg().utf8), to: path)
      } else {
        try saveImage(chart.render(), to: path)
      }
    }
    for path in metrics { try writeFile(Array(try table(history, path).utf8), to: path) }
    guard let last = history.last, logFolder != nil || frameFolder != nil else { return }
    let kernels = firstKernels(of: network)
    if let frameFolder, let kernels {
      // A training that goes on takes its earlier frames up.
      var frames =
        self.frames ?? KernelFrames(folder: frameFolder, layer: kernels.layer, after: last.epoch - 1)
      try frames.add(kernels.weights, epoch: last.epoch)
      self.frames = frames
    }
    if logFolder != nil { try log(last, kernels) }
  }

  private func chart(_ history: [EpochMetrics], title: String) -> LineChart {
    LineChart(
      title: title, xLabel: "epoch",
      series: [
        LineChart.Series(name: "train loss", values: history.map(\.trainLoss)),
        LineChart.Series(name: "train accuracy", values: history.map(\.trainAccuracy), side: .right),
        LineChart.Series(
          name: "\(judgedName) accuracy", values: history.map(\.judgedAccuracy), side: .right),
      ], left: LineChart.VerticalAxis(label: "loss"),
      right: LineChart.VerticalAxis(label: "accuracy", range: 0...1))
  }

  /// The chart in characters, for a terminal.
  func terminalChart(_ history: [EpochMetrics], width: Int) -> String {
    chart(history, title: "").text(width: width)
  }

  private func table(_ history: [EpochMetrics], _ path: String) throws -> String {
    let isTable = fileExtension(of: path) == "csv"
    let header = "epoch,train_loss,train_accuracy,\(judgedName)_loss,\(judgedName)_accuracy\n"
    return history.reduce(isTable ? header : "") { text, epoch in
      let values = [epoch.trainLoss, epoch.trainAccuracy, epoch.judgedLoss, epoch.judgedAccuracy]
      if isTable { return text + (["\(epoch.epoch)"] + values.map { "\($0)" }).joined(separator: ",") + "\n" }
      let names = ["train_loss", "train_accuracy", "\(judgedName)_loss", "\(judgedName)_accuracy"]
      let fields = zip(names, values).map { "\"\($0)\":\($1.isFinite ? "\($1)" : "null")" }
      return text + "{\"epoch\":\(epoch.epoch)," + fields.joined(separator: ",") + "}\n"
    }
  }

  /// What is written once all epochs are done.
  func finish() throws {
    try frames?.writeAnimation()
  }

  private typealias LayerKernels = (layer: String, weights: Tensor)

  /// The kernels of the first convolutional layer; `nil` for a network without one.
  private func firstKernels(of network: Network) -> LayerKernels? {
    guard let node = network.nodes.first(where: { $0.kernel is Convolution2D }),
      let layer = node.kernel as? Convolution2D
    else { return nil }
    return (node.name, layer.weight)
  }

  private mutating func log(_ epoch: EpochMetrics, _ kernels: LayerKernels?) throws {
    var values: [(tag: String, value: EventFile.Value)] = [
      ("loss/train", .scalar(Float(epoch.trainLoss))),
      ("loss/\(judgedName)", .scalar(Float(epoch.judgedLoss))),
      ("accuracy/train", .scalar(Float(epoch.trainAccuracy))),
      ("accuracy/\(judgedName)", .scalar(Float(epoch.judgedAccuracy))),
    ]
    if let kernels {
      let title = "\(kernels.layer)  epoch \(epoch.epoch)"
      let image = KernelGrid(title: title, weights: kernels.weights).render().image
      values.append(
        (
          "kernels/\(kernels.layer)",
          .picture(
            png: try encodePNG(image), width: image.width, height: image.height)
        ))
    }
    events += EventFile.record(time: Self.now, step: epoch.epoch, values: values)
    try writeFile(events, to: eventPath)
  }
}
