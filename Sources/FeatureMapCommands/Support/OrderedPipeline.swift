import Dispatch
import FeatureMap

/// Takes pieces of work through three steps: `read` and `collect` do one piece at a time, in order; `work` does
/// several at once. A few pieces are under way at any time, so that memory stays bounded.
///
/// Each thread does whatever is furthest along. With one thread, or one piece, all is done one after the other.
///
/// - Throws: the first error of any step; no further step begins then.
func inOrder<Input: Sendable, Output: Sendable>(
  count: Int, read: @escaping (Int) throws -> Input, work: @escaping (Int, Input) throws -> Output,
  collect: @escaping (Output) throws -> Void
) throws {
  let threads = min(Threads.count, count)
  if threads <= 1 {
    for index in 0..<count { try collect(try work(index, try read(index))) }
    return
  }
  let pipeline = OrderedPipeline<Input, Output>(count: count, underWay: threads + 2)
  // Only `work` runs on several threads at once, and its callers know that.
  nonisolated(unsafe) let (read, work, collect) = (read, work, collect)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while let step = pipeline.next() {
      do {
        switch step {
        case .read(let index): pipeline.didRead(try read(index), index)
        case .work(let index, let input): pipeline.didWork(try work(index, input), index)
        case .collect(let output):
          try collect(output)
          pipeline.didCollect()
        }
      } catch {
        pipeline.fail(error)
      }
    }
  }
  if let error = pipeline.error { throw error }
}

/// What is done, what is being done, and what comes next.
private final class OrderedPipeline<Input: Sendable, Output: Sendable>: Sendable {
  enum Step {
    case read(Int)
    case work(Int, Input)
    case collect(Output)
  }

  private struct State: Sendable {
    var inputs: [(index: Int, input: Input)] = []
    var outputs: [Int: Output] = [:]
    var readCount = 0
    var collectedCount = 0
    var isReading = false
    var isCollecting = false
    var waiting = 0
    var error: (any Error)?
  }

  private let count: Int
  private let underWay: Int
  private let state = Locked(State())
  private let wakeUp = DispatchSemaphore(value: 0)

  init(count: Int, underWay: Int) {
    self.count = count
    self.underWay = underWay
  }

  var error: (any Error)? { state.withLock { $0.error } }

  /// The next step for a thread, which waits for it if need be; `nil` when there is nothing more to do.
  func next() -> Step? {
    while true {
      let (step, isOver) = state.withLock { state -> (Step?, Bool) in
        if state.error != nil || state.collectedCount == count { return (nil, true) }
        let step = choose(&state)
        // A thread that waits is woken by the next change, which another one is working on.
        if step == nil { state.waiting += 1 }
        return (step, false)
      }
      if isOver { return nil }
      if let step { return step }
      wakeUp.wait()
    }
  }

  private func choose(_ state: inout State) -> Step? {
    if !state.isCollecting, let output = state.outputs.removeValue(forKey: state.collectedCount) {
      state.isCollecting = true
      return .collect(output)
    }
    if !state.inputs.isEmpty {
      let (index, input) = state.inputs.removeFirst()
      return .work(index, input)
    }
    if !state.isReading, state.readCount < min(count, state.collectedCount + underWay) {
      state.isReading = true
      return .read(state.readCount)
    }
    return nil
  }

  func didRead(_ input: Input, _ index: Int) {
    change {
      $0.inputs.append((index, input))
      $0.readCount += 1
      $0.isReading = false
    }
  }

  func didWork(_ output: Output, _ index: Int) {
    change { $0.outputs[index] = output }
  }

  func didCollect() {
    change {
      $0.collectedCount += 1
      $0.isCollecting = false
    }
  }

  func fail(_ error: any Error) {
    change { if $0.error == nil { $0.error = error } }
  }

  private func change(_ body: (inout State) -> Void) {
    let waiting = state.withLock { state in
      body(&state)
      defer { state.waiting = 0 }
      return state.waiting
    }
    for _ in 0..<waiting { wakeUp.signal() }
  }
}
