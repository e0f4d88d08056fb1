import KernelAPI
import Layers
import TensorCore
import TensorOps

extension Network {
  /// What one value of a layer depends on: its region on every map before it, by the names of the nodes, that of
  /// the picture under `Network.inputName`.
  ///
  /// Windows are followed back through the graph, so it is exact for every single unit also where branches with
  /// different strides meet. Where branches join, the regions are the smallest that hold those of all branches.
  ///
  /// - Parameter input: the shape of one example.
  /// - Throws: `KernelError.unknownName` for the layer, `NetworkError.unit` for one that is not there.
  public func regions(
    of unit: UnitPosition, in layer: String, input: Shape
  ) throws -> [String: MapRegion] {
    let shapes = try shapes(for: input, unit: unit, in: layer)
    var regions = [layer: MapRegion(unit)]
    for node in nodes.reversed() {
      guard let region = regions[node.name] else { continue }
      let before = node.regions(behind: region, inputs: node.inputs.compactMap { shapes[$0] })
      for (name, part) in zip(node.inputs, before) {
        if let part { regions[name] = regions[name]?.union(part) ?? part }
      }
    }
    regions[layer] = nil
    return regions
  }

  /// What one value of a layer reads of each of the layer's inputs; `nil` for one that it does not read.
  ///
  /// - Throws: as `regions`.
  public func windows(
    of unit: UnitPosition, in layer: String, input: Shape
  ) throws -> [MapRegion?] {
    let shapes = try shapes(for: input, unit: unit, in: layer)
    let node = try node(named: layer)
    return node.regions(behind: MapRegion(unit), inputs: node.inputs.compactMap { shapes[$0] })
  }

  /// The shapes of all layers up to one that has the unit.
  private func shapes(
    for input: Shape, unit: UnitPosition, in layer: String
  ) throws -> [String: Shape] {
    _ = try node(named: layer)
    let shapes = try upTo(layer).shapes(for: input)
    try check(unit, in: layer, shape: shapes[layer] ?? input)
    return shapes
  }

  /// - Throws: `NetworkError.unit` unless a map of this shape has the unit.
  public func check(_ unit: UnitPosition, in layer: String, shape: Shape) throws {
    guard unit.isInside(shape) else {
      throw NetworkError.unit(unit.text(in: shape), layer: layer, shape: shape)
    }
  }

  /// The nodes up to a layer, which is then the output.
  ///
  /// - Throws: `KernelError.unknownName`.
  public func upTo(_ layer: String) throws -> Network {
    _ = try node(named: layer)
    guard layer != nodes.last?.name, let last = nodes.firstIndex(where: { $0.name == layer }) else {
      return self
    }
    return try Network(name: name, inputShape: inputShape, nodes: Array(nodes[...last]))
  }
}

extension Network.Node {
  /// What a region of the node's output depends on, for each of its inputs.
  func regions(behind region: MapRegion, inputs: [Shape]) -> [MapRegion?] {
    if kernel is Concatenate { return concatenated(region, inputs) }
    return inputs.map { shape in
      switch kernel.window {
      case .pointwise:
        var before = region
        before.channels = channels(behind: region, shape)
        return before
      case .global: return flattened(region, shape) ?? MapRegion(whole: shape)
      case .local(let size, let stride, let offset, let dilation):
        let rows = AxisWindow(size.height, stride.height, offset.y, dilation.height)
        let columns = AxisWindow(size.width, stride.width, offset.x, dilation.width)
        return MapRegion(
          channels: channels(behind: region, shape), rows: rows.box(region.rows),
          columns: columns.box(region.columns),
          readRows: rows.read(region.readRows, count: shape.height, border: kernel.borderMode),
          readColumns: columns.read(region.readColumns, count: shape.width, border: kernel.borderMode))
      }
    }
  }

  /// Channels of known layers that do not look at all of them.
  private func channels(behind region: MapRegion, _ input: Shape) -> Range<Int> {
    switch kernel {
    case is ActivationLayer, is Pooling2D, is Add: return region.channels
    case let layer as Convolution2D where layer.options.groups > 1:
      let outputs = layer.weight.shape.batch / layer.options.groups
      let inputs = layer.weight.shape.channels
      let last = (region.channels.upperBound - 1) / outputs
      return region.channels.lowerBound / outputs * inputs..<(last + 1) * inputs
    default:
      guard let maps = kernel.mapsPerChannel(for: input) else { return 0..<input.channels }
      return region.channels.lowerBound / maps..<(region.channels.upperBound - 1) / maps + 1
    }
  }

  /// Each channel comes from one of the inputs.
  private func concatenated(_ region: MapRegion, _ inputs: [Shape]) -> [MapRegion?] {
    var first = 0
    return inputs.map { shape in
      let own = region.channels.clamped(to: first..<first + shape.channels)
      defer { first += shape.channels }
      if own.isEmpty { return nil }
      var before = region
      before.channels = own.lowerBound - first..<own.upperBound - first
      return before
    }
  }

  /// Flatten moves values without mixing them.
  private func flattened(_ region: MapRegion, _ input: Shape) -> MapRegion? {
    guard kernel is Flatten, region.channels.count == 1, input.planeCount > 0 else { return nil }
    return MapRegion(UnitPosition(index: region.channels.lowerBound, of: input))
  }
}

extension MapRegion {
  init(whole shape: Shape) {
    self.init(
      channels: 0..<shape.channels, rows: 0..<shape.height, columns: 0..<shape.width,
      readRows: Array(0..<shape.height), readColumns: Array(0..<shape.width))
  }
}

/// A window along one axis.
private struct AxisWindow {
  let size: Int
  let stride: Int
  let offset: Int
  let dilation: Int

  init(_ size: Int, _ stride: Int, _ offset: Int, _ dilation: Int) {
    self.size = size
    self.stride = stride
    self.offset = offset
    self.dilation = dilation
  }

  func box(_ range: Range<Int>) -> Range<Int> {
    let last = (range.upperBound - 1) * stride + offset + (size - 1) * dilation
    return range.lowerBound * stride + offset..<last + 1
  }

  func read(_ places: [Int], count: Int, border: BorderMode?) -> [Int] {
    var found: Set<Int> = []
    for place in places {
      for step in 0..<size {
        let index = place * stride + offset + step * dilation
        if (0..<count).contains(index) {
          found.insert(index)
        } else if let source = border?.source(index, count: count) {
          found.insert(source)
        }
      }
    }
    return found.sorted()
  }
}
