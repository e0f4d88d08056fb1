/// The part of a map that something depends on.
public struct MapRegion: Hashable, Sendable {
  public var channels: Range<Int>
  /// The box by the arithmetic of windows, as if maps went on beyond their borders: it may reach over them.
  public var rows: Range<Int>
  public var columns: Range<Int>
  /// The rows and columns that are there and are read, ascending: fewer than the box where windows leave gaps or
  /// see only padding, others where a border mode puts pixels of the inside beyond the border.
  /// Both are empty where nothing is read.
  public private(set) var readRows: [Int]
  public private(set) var readColumns: [Int]

  public init(
    channels: Range<Int>, rows: Range<Int>, columns: Range<Int>, readRows: [Int], readColumns: [Int]
  ) {
    self.channels = channels
    self.rows = rows
    self.columns = columns
    let isEmpty = readRows.isEmpty || readColumns.isEmpty
    self.readRows = isEmpty ? [] : readRows
    self.readColumns = isEmpty ? [] : readColumns
  }

  /// A single value.
  init(_ unit: UnitPosition) {
    self.init(
      channels: unit.channel..<unit.channel + 1, rows: unit.y..<unit.y + 1, columns: unit.x..<unit.x + 1,
      readRows: [unit.y], readColumns: [unit.x])
  }

  /// Whether a value is read.
  public func reads(_ unit: UnitPosition) -> Bool {
    channels.contains(unit.channel) && readRows.contains(unit.y) && readColumns.contains(unit.x)
  }

  /// The smallest region that holds both.
  func union(_ other: MapRegion) -> MapRegion {
    MapRegion(
      channels: channels.union(other.channels), rows: rows.union(other.rows),
      columns: columns.union(other.columns), readRows: merged(readRows, other.readRows),
      readColumns: merged(readColumns, other.readColumns))
  }
}

extension Range<Int> {
  fileprivate func union(_ other: Range<Int>) -> Range<Int> {
    Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
  }
}

private func merged(_ a: [Int], _ b: [Int]) -> [Int] {
  a == b ? a : Set(a).union(b).sorted()
}
