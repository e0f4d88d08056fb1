import TensorCore

extension Kernel {
  /// How many maps a photo filter makes of each channel of the input by itself; `nil` for a kernel that mixes
  /// channels, or of which that is not known.
  ///
  /// Map c is then made of channel c / maps alone.
  public func mapsPerChannel(for input: Shape) -> Int? {
    guard let filter = self as? any BorderedKernel, !filter.mixesChannels,
      let one = try? outputShape(for: Shape(channels: 1, height: input.height, width: input.width)).channels,
      let all = try? outputShape(for: input).channels, one > 0, one * input.channels == all
    else { return nil }
    return one
  }
}
