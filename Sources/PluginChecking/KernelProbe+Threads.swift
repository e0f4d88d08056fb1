import CFeatureMapPlugin
import CPluginProbe
import PluginLoading

extension KernelProbe {
  private static let threadCount = 4
  private static let rounds = 6

  /// As many threads as are promised to be possible, each with an input of its own, against one.
  func tryThreads(_ taken: Taken) {
    let inputs = (0..<Self.threadCount).map { Inputs.picture(taken.input.count, seed: UInt64(10 + $0)) }
    guard let first = make() else { return }
    let expected = inputs.map { run(first, $0, taken) }
    guard !expected.contains(nil) else { return }
    announce("run, in several threads,", taken.input)
    let work: ThreadWork
    switch table.promise {
    case .full: work = ThreadWork(instances: [first], inputs, taken, rounds: Self.rounds)
    case .instance:
      let others = inputs.dropFirst().compactMap { _ in make() }
      work = ThreadWork(instances: [first] + others, inputs, taken, rounds: Self.rounds)
    case .none: work = ThreadWork(instances: [first], inputs, taken, rounds: 1)
    }
    announce("run, in several threads,", taken.input)
    if table.promise == .none {
      // One after the other, but each in another thread.
      for index in inputs.indices {
        work.offset = index
        ThreadWork.inThreads(1, work)
      }
    } else {
      ThreadWork.inThreads(work.instances.count == 1 ? Self.threadCount : work.instances.count, work)
    }
    for (index, results) in work.results.enumerated() {
      for result in results where result != expected[index] {
        find(.threadsDiffer(table.promise), taken.input)
        return destroy(work.instances)
      }
    }
    destroy(work.instances)
  }

  private func destroy(_ instances: [Instance]) {
    for instance in instances {
      announce("destroy", nil)
      instance.destroy()
    }
  }
}

/// Calls of run() by several threads: thread i works on input i, with instance i or the only one.
private final class ThreadWork: @unchecked Sendable {
  // Every thread has a place of its own in `results`; the rest does not change while they work.
  let instances: [Instance]
  let inputs: [[Float]]
  let taken: KernelProbe.Taken
  let rounds: Int
  /// What is added to the number of a thread.
  var offset = 0
  private let places: UnsafeMutableBufferPointer<[[UInt32]?]>

  init(instances: [Instance], _ inputs: [[Float]], _ taken: KernelProbe.Taken, rounds: Int) {
    self.instances = instances
    self.inputs = inputs
    self.taken = taken
    self.rounds = rounds
    places = .allocate(capacity: inputs.count)
    places.initialize(repeating: [])
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }

  /// For each input the results of all rounds; `nil` for a call that failed.
  var results: [[[UInt32]?]] { Array(places) }

  private func work(_ index: Int) {
    let instance = instances[instances.count == 1 ? 0 : index]
    for _ in 0..<rounds {
      let (bits, answer) = instance.run(inputs[index], taken.input, output: taken.output, atEnd: true)
      places[index].append(answer.code == FMP_OK ? bits : nil)
    }
  }

  static func inThreads(_ count: Int, _ work: ThreadWork) {
    _ = fm_run_threads(
      Int32(count),
      { context, index in
        guard let context else { return }
        let work = Unmanaged<ThreadWork>.fromOpaque(context).takeUnretainedValue()
        work.work(Int(index) + work.offset)
      }, Unmanaged.passUnretained(work).toOpaque())
  }
}
