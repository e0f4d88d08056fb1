import ArgumentParser
import FeatureMap

extension DataPart: ExpressibleByArgument {}

/// `featuremap evaluate`: how good a network is.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a network on Fashion-MNIST: accuracy, precision and recall of each class, confusions.",
    usage: "featuremap evaluate [<options>]",
    discussion: """
      EXAMPLES:
        featuremap evaluate --data fashion-mnist/
        featuremap evaluate --model lenet.safetensors --data fashion-mnist/ --picture confusion.png
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var data: DataOptions

  @Option(help: "The part of the data set to measure on.")
  var part = DataPart.test

  @Option(help: ArgumentHelp("Draw the confusion matrix into this file.", valueName: "path"))
  var picture: String?

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  @Option(help: ArgumentHelp("Threads to use; all cores by default.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, got \(threads)") }
  }

  func run() throws {
    if let threads { Threads.count = threads }
    if let picture, ImageFormat(path: picture) == nil {
      throw CommandError.unknownFormat(path: picture, known: [".png", ".jpg"])
    }
    let model = try Model(self.model.model, registry: try makeRegistry(plugins))
    guard let shape = model.network.inputShape else {
      throw CommandError.notANetwork(self.model.model, need: "evaluate")
    }
    let images = try data.load(part, classCount: model.network.classes.count)
    guard shape == Shape(channels: 1, height: images.height, width: images.width) else {
      throw NetworkError.inputShape(
        got: "1x\(images.height)x\(images.width)", expected: "\(shape)", network: model.network.name)
    }
    let evaluation = try Evaluation(of: model.network, on: images)
    let report = EvaluationReport(evaluation, model)
    switch format {
    case .text: printText(evaluation, model)
    case .json: print(try json(report, pretty: true))
    case .jsonl: print(try json(report, pretty: false))
    case .csv:
      print("label,index,count,precision,recall")
      for row in report.classes {
        print(
          csvLine([
            row.label, "\(row.index)", "\(row.count)", row.precision.map { "\($0)" } ?? "",
            row.recall.map { "\($0)" } ?? "",
          ]))
      }
    }
    if let picture {
      let title =
        "\(model.network.name) on \(grouped(images.count)) pictures: \(percent(evaluation.accuracy, digits: 2))"
      try save(
        ConfusionMatrixPicture(title: title, counts: evaluation.confusion, labels: model.network.classes)
          .render(), to: picture, title: title)
      if format == .text { print("\nconfusion matrix: \(picture)") }
    }
  }

  private func printText(_ evaluation: Evaluation, _ model: Model) {
    print(
      "\(model.network.name): accuracy \(formatted(evaluation.accuracy, fractionDigits: 4)), "
        + "loss \(formatted(evaluation.loss, fractionDigits: 4)) on \(grouped(evaluation.count)) pictures\n")
    var table = TextTable([("class", .left), ("precision", .right), ("recall", .right), ("pictures", .right)])
    for index in evaluation.confusion.indices {
      table.rows.append([
        model.className(index),
        evaluation.precision(index).map { formatted($0, fractionDigits: 3) } ?? "-",
        evaluation.recall(index).map { formatted($0, fractionDigits: 3) } ?? "-",
        grouped(evaluation.confusion[index].reduce(0, +)),
      ])
    }
    print(table.text)
    print("\nconfusion: a row for each class, a column for each answer, in the order above")
    var matrix = TextTable(
      [("", .left)] + evaluation.confusion.indices.map { ("\($0)", TextTable.Alignment.right) })
    for (index, row) in evaluation.confusion.enumerated() {
      matrix.rows.append(["\(index) \(model.className(index))"] + row.map { "\($0)" })
    }
    print(matrix.text)
  }
}

/// What `evaluate` prints as JSON.
private struct EvaluationReport: Encodable {
  struct Row: Encodable {
    let label: String
    let index: Int
    let count: Int
    let precision: Double?
    let recall: Double?
  }

  let accuracy: Double
  let loss: Double
  let count: Int
  let classes: [Row]
  let confusion: [[Int]]

  init(_ evaluation: Evaluation, _ model: Model) {
    accuracy = evaluation.accuracy
    loss = evaluation.loss
    count = evaluation.count
    confusion = evaluation.confusion
    classes = evaluation.confusion.indices.map {
      Row(
        label: model.className($0), index: $0, count: evaluation.confusion[$0].reduce(0, +),
        precision: evaluation.precision($0), recall: evaluation.recall($0))
    }
  }
}
