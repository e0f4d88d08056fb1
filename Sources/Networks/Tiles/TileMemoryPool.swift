import TensorOps

/// Memory for tiles that is used again: the first touch of fresh memory costs more than most of the work.
package final class TileMemoryPool: Sendable {
  private let program: TileProgram
  private let plan: TilePlan
  private let free = Locked<[TileMemory]>([])

  package init(_ program: TileProgram, _ plan: TilePlan) {
    self.program = program
    self.plan = plan
  }

  /// Lends memory to `body`; as many threads as like may ask at a time.
  package func with<Result>(_ body: (TileMemory) throws -> Result) rethrows -> Result {
    let memory = free.withLock { $0.popLast() } ?? TileMemory(plan, of: program)
    defer { free.withLock { $0.append(memory) } }
    return try body(memory)
  }
}
