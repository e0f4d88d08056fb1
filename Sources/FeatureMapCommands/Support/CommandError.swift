/// What a command cannot do as asked.
enum CommandError: Error, Equatable, CustomStringConvertible {
  case noPictures(folder: String)
  case wouldOverwriteInput(String)
  case severalIntoOne(count: Int, what: String, path: String)
  case sameOutput(String, first: String, second: String)
  case unknownFormat(path: String, known: [String])
  case noKernel(String)
  case notANetwork(String, need: String)
  case noData
  case layerNeedsFixedSize(String, model: String, available: [String])
  case notAPicture(kernel: String, shape: String)
  case benchmarkFailed(String, status: Int)
  case choice(String)

  var description: String {
    switch self {
    case .noPictures(let folder): "\(folder) holds no PNG or JPEG files; its subfolders are not read"
    case .wouldOverwriteInput(let path):
      "\(path) is one of the files read; an input is never overwritten, choose another output"
    case .severalIntoOne(let count, let what, let path):
      "\(count) \(what) do not go into the one file \(path); name a folder (ending in /)"
    case .sameOutput(let path, let first, let second):
      "\(first) and \(second) would both be written to \(path); give each an output folder of its own"
    case .unknownFormat(let path, let known):
      "\(path): name a file that ends in \(known.joined(separator: ", ")), or a folder that ends in /"
    case .noKernel(let name):
      "\(name) has no kernel to draw; convolutions have one, and filters that are weighted sums"
    case .notANetwork(let model, let need):
      "\(model) is a chain of filters; \(need) needs a network with classes, such as lenet"
    case .noData:
      """
      say where the data set lies: --data FOLDER (or the environment variable FEATUREMAP_DATA) with \
      train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, \
      each with or without .gz; 'featuremap download fashion-mnist' fetches them
      """
    case .layerNeedsFixedSize(let layer, let model, let available):
      """
      layer '\(layer)' of \(model) needs a picture of the network's own size; with --size native there is: \
      \(available.joined(separator: ", "))
      """
    case .notAPicture(let kernel, let shape):
      """
      \(kernel) gives maps of shape \(shape), which is no picture; write .npy, choose one map (such as \
      :channel=0), or draw all maps with 'featuremap run IMAGE --model \(kernel)'
      """
    case .benchmarkFailed(let name, let status):
      "the benchmark '\(name)' ended with status \(status); what went wrong stands above"
    case .choice(let problem): problem
    }
  }
}
