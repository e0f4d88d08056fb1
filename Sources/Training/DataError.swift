/// What is wrong with a data set, or with training on it.
public enum DataError: Error, Equatable, Sendable {
  /// A file that is no IDX file of the expected kind, or a damaged one.
  case file(path: String, problem: String)
  /// Images and labels that do not belong together.
  case mismatch(images: String, count: Int, labels: String, labelCount: Int)
  /// A folder without the data set's files.
  case missing(folder: String, expected: [String])
  /// The loss is no number any more.
  case diverged(epoch: Int, step: Int)
  /// A setting that makes no sense.
  case setting(String)
}

extension DataError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let problem): "\(path): \(problem)"
    case .mismatch(let images, let count, let labels, let labelCount):
      "\(images) holds \(count) images but \(labels) holds \(labelCount) labels"
    case .missing(let folder, let expected):
      "\(folder) does not hold the data set; expected \(expected.joined(separator: ", ")), each with or "
        + "without .gz; 'featuremap download fashion-mnist -o FOLDER' fetches Fashion-MNIST"
    case .diverged(let epoch, let step):
      "the loss is no number any more (epoch \(epoch), step \(step)); try a smaller learning rate"
    case .setting(let problem): problem
    }
  }
}
