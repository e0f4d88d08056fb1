import Networks
import Synchronization
import TensorCore
import TensorOps

/// How well a network classifies a data set.
public struct Evaluation: Sendable, Equatable {
  /// `confusion[label][answer]`: how many pictures of a class got which answer.
  public private(set) var confusion: [[Int]]
  /// Mean cross-entropy.
  public private(set) var loss: Double

  public init(confusion: [[Int]], loss: Double) {
    self.confusion = confusion
    self.loss = loss
  }

  public var count: Int { confusion.reduce(0) { $0 + $1.reduce(0, +) } }

  /// Share of right answers.
  public var accuracy: Double {
    Double(confusion.indices.reduce(0) { $0 + confusion[$1][$1] }) / Double(max(count, 1))
  }

  /// Of the pictures answered with this class, the share that are of it; `nil` where there is none.
  public func precision(_ index: Int) -> Double? {
    let answered = confusion.reduce(0) { $0 + $1[index] }
    return answered == 0 ? nil : Double(confusion[index][index]) / Double(answered)
  }

  /// Of the pictures of this class, the share that were answered with it; `nil` where there is none.
  public func recall(_ index: Int) -> Double? {
    let there = confusion[index].reduce(0, +)
    return there == 0 ? nil : Double(confusion[index][index]) / Double(there)
  }

  /// Runs the network over a whole data set.
  ///
  /// - Throws: what the network's kernels throw; `OperationError.setting` when a label is not among its outputs.
  public init(of network: Network, on data: LabelledImages) throws {
    let tileSize = 16
    let tiles = (data.count + tileSize - 1) / tileSize
    let results = Mutex<[Int: Result<(logits: Tensor, loss: Double), any Error>]>([:])
    parallelFor(tiles) { tile in
      let range = tile * tileSize..<min((tile + 1) * tileSize, data.count)
      let result = Result {
        let logits = try network(data.batch(range))
        let loss = try crossEntropy(
          logits, labels: data.labels[range].map(Int.init), divisor: data.count)
        return (logits: logits, loss: loss.loss)
      }
      results.withLock { $0[tile] = result }
    }
    let answers = results.withLock { $0 }
    var loss = 0.0
    var confusion: [[Int]] = []
    for tile in 0..<tiles {
      guard let answer = try answers[tile]?.get() else { continue }
      loss += answer.loss
      let classes = answer.logits.shape.channels
      if confusion.isEmpty {
        confusion = Array(repeating: Array(repeating: 0, count: classes), count: classes)
      }
      for n in 0..<answer.logits.shape.batch {
        let row = answer.logits.values[n * classes..<(n + 1) * classes]
        let best = row.indices.max { row[$0] < row[$1] } ?? row.startIndex
        confusion[Int(data.labels[tile * tileSize + n])][best - row.startIndex] += 1
      }
    }
    self.init(confusion: confusion, loss: loss)
  }
}
