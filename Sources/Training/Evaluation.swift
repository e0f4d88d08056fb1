import Networks
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
    let shape = Shape(channels: 1, height: data.height, width: data.width)
    let prepared = try network.prepared(for: shape)
    let classes = prepared.program.outputShape.channels
    let results = Locked<[Int: Part]>([:])
    try prepared.forEachTile(of: data.count) { tile, lanes in
      var unused = SplitMix64(seed: 0)
      data.load(data.indices(of: tile), into: lanes, Augmentation(), using: &unused)
    } result: { tile, logits in
      let part = try Part(logits, prepared.program.outputShape, data, tile)
      results.withLock { $0[tile.index] = part }
    }
    var loss = 0.0
    var confusion = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    let parts = results.withLock { $0 }
    for index in 0..<parts.count {
      guard let part = parts[index] else { continue }
      loss += part.loss
      for (n, best) in part.answers.enumerated() {
        confusion[Int(data.labels[index * TileLayout.lanes.examples + n])][best] += 1
      }
    }
    self.init(confusion: confusion, loss: loss)
  }

  /// What one tile gave.
  private struct Part {
    let loss: Double
    let answers: [Int]

    /// - Parameter lanes: the logits, side by side.
    init(
      _ lanes: UnsafePointer<Float>, _ shape: Shape, _ data: LabelledImages, _ tile: TensorTile
    ) throws {
      let size = TileLayout.lanes.examples
      let logits = Tensor(shape: shape.with(batch: tile.examples)) { out in
        for n in 0..<tile.examples {
          for i in 0..<shape.count { out[n * shape.count + i] = lanes[i * size + n] }
        }
      }
      loss = try crossEntropy(
        logits, labels: data.labels[data.indices(of: tile)].map(Int.init), divisor: data.count
      ).loss
      answers = (0..<tile.examples).map { n in
        let row = logits.values[n * shape.count..<(n + 1) * shape.count]
        return (row.indices.max { row[$0] < row[$1] } ?? row.startIndex) - row.startIndex
      }
    }
  }
}

extension LabelledImages {
  /// The pictures of a tile.
  func indices(of tile: TensorTile) -> Range<Int> {
    let first = tile.index * TileLayout.lanes.examples
    return first..<first + tile.examples
  }
}
