import KernelAPI
import TensorCore
import TensorOps

/// Where the values of a program lie in one block of memory.
package struct TilePlan: Sendable {
  package let layout: TileLayout
  /// Whether all values are kept for a way back.
  package let training: Bool
  /// In floats from the start; of values that nobody needs any more the memory is used again.
  let values: [Int]
  /// For training only: the gradient of every value, and room for those that are added to another.
  let gradients: [Int]
  let besides: [Int]
  let scratch: Int
  /// What every step keeps for the way back; one place for all where there is none.
  let kept: [Int]
  package let count: Int

  /// - Parameter training: keeps all values, and has room for their gradients.
  package init(_ program: TileProgram, _ layout: TileLayout, training: Bool = false) {
    self.layout = layout
    self.training = training
    var room = Room()
    // First of all, because every step needs it: gaps come and go.
    let scratchCounts = program.steps.map { $0.operation.scratchCount(layout, training: training) }
    scratch = room.place(scratchCounts.max() ?? 0)
    let keptCounts = program.steps.map { $0.operation.keptCount(layout, training: training) }
    if training {
      kept = keptCounts.map { room.place($0) }
    } else {
      let place = room.place(keptCounts.max() ?? 0)
      kept = keptCounts.map { _ in place }
    }
    // Vectors may read a little beyond a value: whole cache lines lie between them.
    let sizes = program.valueCounts.map { $0 * layout.examples }
    if training {
      values = sizes.map { room.place($0) }
      gradients = zip(sizes, program.learns).map { size, learns in learns ? room.place(size) : 0 }
      let widest = program.steps.map(\.inputs.count).max() ?? 0
      let isBranched = widest > 1 || program.hasSharedValues
      besides = isBranched ? (0..<max(widest, 1)).map { _ in room.place(sizes.max() ?? 0) } : []
    } else {
      values = Self.sharedPlaces(program, sizes, &room)
      gradients = []
      besides = []
    }
    count = room.end
  }

  /// A value's place is free again behind its last reader.
  private static func sharedPlaces(_ program: TileProgram, _ sizes: [Int], _ room: inout Room) -> [Int] {
    var lastReader = [Int](repeating: -1, count: sizes.count)
    for (index, step) in program.steps.enumerated() {
      for value in step.inputs { lastReader[value] = index }
    }
    lastReader[program.output] = program.steps.count
    var places = [Int](repeating: 0, count: sizes.count)
    places[0] = room.place(sizes[0])
    for (index, step) in program.steps.enumerated() {
      places[step.output] = room.place(sizes[step.output])
      for value in Set(step.inputs + [step.output]) where lastReader[value] <= index {
        room.free(places[value], sizes[value])
      }
    }
    return places
  }
}

extension TileProgram {
  /// Whether a value has several readers.
  fileprivate var hasSharedValues: Bool {
    var seen: Set<Int> = []
    return steps.contains { $0.inputs.contains { !seen.insert($0).inserted } }
  }
}

/// Places in a block of memory that grows as needed: the first gap that is large enough is taken.
private struct Room {
  private var gaps: [(start: Int, count: Int)] = []
  private(set) var end = 0

  private static func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  mutating func place(_ count: Int) -> Int {
    let size = Self.rounded(count)
    if let index = gaps.firstIndex(where: { $0.count >= size }) {
      let start = gaps[index].start
      gaps[index] = (start + size, gaps[index].count - size)
      return start
    }
    defer { end += size }
    return end
  }

  mutating func free(_ start: Int, _ count: Int) {
    gaps.append((start, Self.rounded(count)))
    gaps.sort { $0.start < $1.start }
    // Neighbours become one gap.
    gaps = gaps.reduce(into: []) { joined, gap in
      if let last = joined.last, last.start + last.count == gap.start {
        joined[joined.count - 1].count += gap.count
      } else if gap.count > 0 {
        joined.append(gap)
      }
    }
  }
}

/// The memory of one tile at work; used by one thread at a time.
package final class TileMemory: @unchecked Sendable {
  package let plan: TilePlan
  private let memory: WorkingMemory
  private let output: Int

  package init(_ plan: TilePlan, of program: TileProgram) {
    self.plan = plan
    output = program.output
    memory = WorkingMemory(count: plan.count + 64)
  }

  private var base: UnsafeMutablePointer<Float> { memory.base }

  /// Where the network's input goes.
  package var input: UnsafeMutablePointer<Float> { base + plan.values[0] }
  /// Where training puts the derivative of the loss by the network's output.
  package var outputGradient: UnsafeMutablePointer<Float> { base + plan.gradients[output] }

  func value(_ index: Int) -> UnsafeMutablePointer<Float> { base + plan.values[index] }
  func gradient(_ value: Int) -> UnsafeMutablePointer<Float> { base + plan.gradients[value] }
  func gradientBeside(_ input: Int) -> UnsafeMutablePointer<Float> { base + plan.besides[input] }
  func kept(_ step: Int) -> UnsafeMutablePointer<Float> { base + plan.kept[step] }
  var scratch: UnsafeMutablePointer<Float> { base + plan.scratch }
}
