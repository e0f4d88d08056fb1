import CKernels
import TensorCore
import Testing

@testable import TensorOps

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Floats between two pages that may not be touched: a read or write beyond ends the test run.
private final class GuardedFloats {
  private let base: UnsafeMutableRawPointer
  private let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  private let length: Int
  /// The values end where the forbidden page begins, or begin where it ends.
  let values: UnsafeMutableBufferPointer<Float>

  init(_ list: [Float], atEnd: Bool) throws {
    let bytes = list.count * MemoryLayout<Float>.stride
    length = (bytes + page - 1) / page * page
    let mapped = mmap(nil, length + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    base = try #require(mapped != MAP_FAILED ? mapped : nil)
    try #require(mprotect(base + page, length, PROT_READ | PROT_WRITE) == 0)
    let start = base + page + (atEnd ? length - bytes : 0)
    values = UnsafeMutableBufferPointer(
      start: start.bindMemory(to: Float.self, capacity: list.count), count: list.count)
    _ = values.update(fromContentsOf: list)
  }

  deinit { munmap(base, length + 2 * page) }
}

@Suite("Inner loops of filters")
struct FilterLoopsTests {
  private static let kernels = [
    Extent(1), Extent(2), Extent(3), Extent(height: 1, width: 7), Extent(height: 6, width: 1),
    Extent(height: 7, width: 4),
  ]

  @Test(
    "exactly the rows of the windows are read and exactly the results written", arguments: instructionSets,
    [false, true])
  func bounds(set: String, atEnd: Bool) throws {
    for kernel in Self.kernels {
      for width in [1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 31, 33, 64, 65, 127, 130] {
        for height in [1, 2, 3, 5, 8] {
          try check(kernel, Extent(height: height, width: width), set, atEnd)
        }
      }
    }
  }

  /// All loops on rows that lie between forbidden pages, one after the other without gaps.
  private func check(_ kernel: Extent, _ results: Extent, _ set: String, _ atEnd: Bool) throws {
    let rowLength = results.width + kernel.width - 1
    let rowCount = results.height + kernel.height - 1
    let input = Tensor.integers(Shape(channels: 1, height: rowCount, width: rowLength), seed: 1)
    let row = Tensor.integers(Shape(channels: 1, height: 1, width: kernel.width), seed: 2).values
    let column = Tensor.integers(Shape(channels: 1, height: 1, width: kernel.height), seed: 3).values
    let weights = column.flatMap { down in row.map { down * $0 } }
    let expected = try Reference.crossCorrelation(
      input,
      weight: Tensor(
        shape: Shape(channels: 1, height: kernel.height, width: kernel.width), values: weights))
    let source = try GuardedFloats(input.values, atEnd: atEnd)
    let goal = try GuardedFloats([Float](repeating: .nan, count: results.count), atEnd: atEnd)
    let start = try #require(source.values.baseAddress)
    let out = try #require(goal.values.baseAddress)
    let rows = (0..<rowCount).map { UnsafePointer(start + $0 * rowLength) as UnsafePointer<Float>? }
    let table = try loops(set).table.pointee
    var job = fm_filter(kernel: kernel, results: results, stride: results.width)
    let taps = weights.indices.map { index in
      fm_tap(row: Int32(index / kernel.width), column: Int32(index % kernel.width), weight: weights[index])
    }
    let calls: [(name: String, expected: [Float], run: () -> Void)] = [
      ("dense", expected.values, { table.correlate_rows(&job, rows, weights, 0, out) }),
      ("taps", expected.values, { table.weigh_taps(&job, rows, taps, Int32(taps.count), 0, out) }),
      ("separable", expected.values, { table.separable_rows(&job, rows, row + column, 0, out) }),
      (
        "gradient", expected.values.map { 2 * abs($0) },
        { table.separable_gradient(&job, rows, row + row + column + column, FM_GRADIENT_SUM, out) }
      ),
    ]
    for call in calls {
      goal.values.update(repeating: .nan)
      call.run()
      #expect(Array(goal.values) == call.expected, "\(call.name) \(kernel), results \(results)")
    }
  }

  @Test("what is made of two rows stays between their ends", arguments: instructionSets, [false, true])
  func pairs(set: String, atEnd: Bool) throws {
    let table = try loops(set).table.pointee
    for count in [1, 3, 4, 7, 16, 17, 40] {
      let x = try GuardedFloats((0..<count).map { Float($0 % 5 - 2) }, atEnd: atEnd)
      let y = try GuardedFloats((0..<count).map { Float($0 % 3) }, atEnd: atEnd)
      let goal = try GuardedFloats([Float](repeating: .nan, count: count), atEnd: atEnd)
      let out = try #require(goal.values.baseAddress)
      var job = fm_filter(kernel: .one, results: Extent(height: 1, width: count), stride: count)
      table.gradient_rows(&job, x.values.baseAddress, y.values.baseAddress, 0, FM_GRADIENT_SUM, out)
      #expect(goal.values.indices.allSatisfy { goal.values[$0] == abs(x.values[$0]) + abs(y.values[$0]) })
      let rows = [x.values.baseAddress.map { UnsafePointer($0) }]
      table.sharpen_rows(&job, rows, 0, y.values.baseAddress, 0, 2, 1, out)
      #expect(
        goal.values.indices.allSatisfy {
          let difference = x.values[$0] - y.values[$0]
          return goal.values[$0] == x.values[$0] + (abs(difference) > 1 ? 2 * difference : 0)
        })
    }
  }
}
