/// A file that can be fetched, and what it must be.
public struct RemoteFile: Sendable, Equatable {
  public let name: String
  /// In bytes.
  public let size: Int
  /// 64 hexadecimal digits.
  public let sha256: String

  public init(name: String, size: Int, sha256: String) {
    self.name = name
    self.size = size
    self.sha256 = sha256
  }
}

/// Files that belong together, and where they are at home.
public struct RemoteDataSet: Sendable {
  public let title: String
  /// The address of the folder that holds the files.
  public let home: String
  public let files: [RemoteFile]

  /// Fashion-MNIST: 60,000 training and 10,000 test pictures of garments, 28x28.
  ///
  /// Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
  /// Algorithms", 2017; the address is that of https://github.com/zalandoresearch/fashion-mnist.
  public static let fashionMNIST = RemoteDataSet(
    title: "Fashion-MNIST", home: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    files: [
      RemoteFile(
        name: "train-images-idx3-ubyte.gz", size: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
      RemoteFile(
        name: "train-labels-idx1-ubyte.gz", size: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
      RemoteFile(
        name: "t10k-images-idx3-ubyte.gz", size: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
      RemoteFile(
        name: "t10k-labels-idx1-ubyte.gz", size: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ])
}
