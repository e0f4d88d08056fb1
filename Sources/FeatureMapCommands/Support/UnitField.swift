import FeatureMap

/// A unit of a picture's maps with what it sees.
struct UnitField: Sendable {
  /// The picture: a file, or `t10k-images-idx3-ubyte 17` for one of an IDX file.
  let source: String
  let layer: String
  let unit: UnitPosition
  let value: Float
  /// Of the layer's output.
  let shape: Shape
  /// On the picture; `nil` for a unit that sees nothing of it.
  let region: MapRegion?
  /// The size of the picture.
  let picture: Extent
  /// What is seen of the picture, cut to it, in one or three channels.
  let patch: Tensor
  /// The place of the patch on the picture.
  let patchOrigin: Offset

  /// - Parameter input: the picture as the network got it, one example.
  init(
    _ source: String, _ network: Network, _ layer: String, _ unit: UnitPosition, output: Tensor, input: Tensor
  ) throws {
    self.source = source
    self.layer = layer
    self.unit = unit
    value = output[unit: unit]
    shape = output.shape
    picture = input.shape.extent
    region = try network.regions(of: unit, in: layer, input: input.shape)[Network.inputName]
    let rows = (region?.rows ?? 0..<1).clamped(to: 0..<input.shape.height)
    let columns = (region?.columns ?? 0..<1).clamped(to: 0..<input.shape.width)
    patchOrigin = Offset(y: rows.lowerBound, x: columns.lowerBound)
    let isEmpty = rows.isEmpty || columns.isEmpty
    patch = input.shown.cropped(rows: isEmpty ? 0..<1 : rows, columns: isEmpty ? 0..<1 : columns)
  }

  /// What the unit sees, over the border where it does.
  var box: PlaneBox? { region.map { PlaneBox(rows: $0.rows, columns: $0.columns) } }

  /// The box on the patch.
  var patchView: PlaneBox? {
    region.map { region in
      PlaneBox(
        rows: region.rows.lowerBound - patchOrigin.y..<region.rows.upperBound - patchOrigin.y,
        columns: region.columns.lowerBound - patchOrigin.x..<region.columns.upperBound - patchOrigin.x)
    }
  }

  var unitText: String { unit.text(in: shape) }

  /// `rows 6..19, columns -2..11 (14x14, 2 columns over the border)`
  func boxText(picture: Extent) -> String {
    guard let region else { return "nothing of the picture" }
    func over(_ range: Range<Int>, _ count: Int) -> Int {
      range.count - range.clamped(to: 0..<count).count
    }
    let beyond = [
      (over(region.rows, picture.height), "rows"), (over(region.columns, picture.width), "columns"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? String($0.1.dropLast()) : $0.1)" }
    let note = beyond.isEmpty ? "" : ", \(beyond.joined(separator: " and ")) over the border"
    return
      "rows \(spanText(region.rows)), columns \(spanText(region.columns)) (\(region.rows.count)x\(region.columns.count)\(note))"
  }
}

/// `6..19`, or `6`
func spanText(_ range: Range<Int>) -> String {
  range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound - 1)"
}

extension Tensor {
  /// One example of one or three channels that can be drawn as a picture: others show their first channel.
  var shown: Tensor {
    shape.channels == 1 || shape.channels == 3 ? self : channel(0)
  }
}

/// A unit's field as JSON: rows and columns are [first, last], and may lie beyond the border.
struct UnitFieldRow: Encodable {
  struct Box: Encodable {
    let rows: [Int]
    let columns: [Int]
  }

  let file: String
  let layer: String
  let unit: [Int]
  let value: Float?
  let box: Box?
  /// The share of the derivatives in the inner half of the box.
  let innerShare: Double?

  init(_ field: UnitField, innerShare: Double? = nil) {
    file = field.source
    layer = field.layer
    unit = field.shape.extent == .one ? [field.unit.channel] : field.unit.coordinates
    value = field.value.isFinite ? field.value : nil
    box = field.region.map {
      Box(
        rows: [$0.rows.lowerBound, $0.rows.upperBound - 1],
        columns: [$0.columns.lowerBound, $0.columns.upperBound - 1])
    }
    self.innerShare = innerShare
  }

  static let csvHeader = "file,layer,unit,value,top,bottom,left,right"
  var csv: String {
    let edges = box.map { [$0.rows[0], $0.rows[1], $0.columns[0], $0.columns[1]].map(String.init) }
    return csvLine(
      [file, layer, unit.map(String.init).joined(separator: " "), value.map { "\($0)" } ?? ""]
        + (edges ?? ["", "", "", ""]))
  }
}

/// The mean effective field of a layer as JSON; the box is [height, width].
struct MeanFieldRow: Encodable {
  let file: String
  let layer: String
  let box: [Int]
  let units: Int
  /// The share of the derivatives in the inner half of the box.
  let innerShare: Double
  /// What it would be if all values mattered alike.
  let evenShare: Double

  init(file: String, layer: String, _ effective: EffectiveField) {
    self.file = file
    self.layer = layer
    box = [effective.sizes.shape.height, effective.sizes.shape.width]
    units = effective.units
    innerShare = effective.innerShare
    evenShare = effective.evenShare
  }

  static let csvHeader = "file,layer,height,width,units,innerShare,evenShare"
  var csv: String {
    csvLine([file, layer, "\(box[0])", "\(box[1])", "\(units)", "\(innerShare)", "\(evenShare)"])
  }
}
