import CFeatureMapPlugin

extension KernelProbe {
  /// Changes single pixels and looks whether only results change whose windows contain them.
  ///
  /// Results whose windows reach over the border are left out: what lies there is the kernel's own matter.
  func tryWindow(_ instance: Instance, _ window: fmp_geometry, _ taken: [Taken]) {
    let most = 97
    let (rows, columns) = (
      Int(window.size_y) + 2 * Int(window.stride_y) + 6, Int(window.size_x) + 2 * Int(window.stride_x) + 6
    )
    // Numbers of channels that the kernel takes.
    let channels = Set(taken.map(\.input.channels)).sorted().first { $0 <= 5 }
    guard let channels, rows <= most, columns <= most else { return }
    let shape = fmp_shape(
      channels: channels, height: UInt32(max(rows, 13)), width: UInt32(max(columns, 15)))
    guard let output = outputShape(instance, shape) else { return }
    let (height, width) = (Int(shape.height), Int(shape.width))
    let taken = Taken(input: shape, output: output)
    let values = Inputs.picture(shape.count)
    guard let before = run(instance, values, taken) else { return }
    for (y, x) in [
      (0, 0), (0, width - 1), (height - 1, 0), (height - 1, width - 1), (height / 2, width / 2),
      (height / 2, 0), (0, width / 2), (height / 2 + 1, width / 2 - 1), (height / 3, width / 3),
    ] {
      var changed = values
      changed[y * width + x] = 1.5 - changed[y * width + x]
      guard let after = run(instance, changed, taken) else { return }
      for place in before.indices where before[place] != after[place] {
        let inPlane = place % (Int(output.height) * Int(output.width))
        let (outputY, outputX) = (inPlane / Int(output.width), inPlane % Int(output.width))
        let seenRows = range(outputY, window.size_y, window.stride_y, window.offset_y)
        let seenColumns = range(outputX, window.size_x, window.stride_x, window.offset_x)
        let isInside =
          seenRows.lowerBound >= 0 && seenRows.upperBound < height && seenColumns.lowerBound >= 0
          && seenColumns.upperBound < width
        if isInside && !(seenRows.contains(y) && seenColumns.contains(x)) {
          find(
            .outsideWindow(
              output: "(\(outputY), \(outputX))", pixel: "(\(y), \(x))", rows: "\(seenRows)",
              columns: "\(seenColumns)"), shape)
          return
        }
      }
    }
  }

  private func range(_ place: Int, _ size: Int32, _ stride: Int32, _ offset: Int32) -> ClosedRange<Int> {
    let start = place * Int(stride) + Int(offset)
    return start...start + Int(size) - 1
  }
}
