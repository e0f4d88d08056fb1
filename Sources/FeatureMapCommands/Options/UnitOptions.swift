import ArgumentParser
import FeatureMap

/// Which value of a layer is meant.
struct UnitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The value: channel, row and column counted from 0; in a vector its number alone.",
      valueName: "c,y,x"),
    transform: parseUnit)
  var unit: UnitNumbers?

  @Flag(help: "The layer's largest value.")
  var peak = false

  func validate() throws {
    if unit != nil && peak { throw ValidationError("--unit and --peak exclude each other") }
  }
}

/// A unit as it is written: three numbers in a map, one in a vector.
struct UnitNumbers: Equatable {
  let values: [Int]

  var position: UnitPosition {
    values.count == 1
      ? UnitPosition(channel: values[0]) : UnitPosition(channel: values[0], y: values[1], x: values[2])
  }
}

/// Reads `3,5,7`, or `3` for a vector.
@Sendable func parseUnit(_ text: String) throws -> UnitNumbers {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
    Int(part.filter { $0 != " " })
  }
  let numbers = parts.compactMap { $0 }
  guard numbers.count == parts.count, [1, 3].contains(numbers.count), numbers.allSatisfy({ $0 >= 0 }) else {
    throw ValidationError(
      "'\(text)' is no unit; write channel,row,column counted from 0, such as 3,5,7, or the number alone in a vector"
    )
  }
  return UnitNumbers(values: numbers)
}

/// What a network is given of a picture: as `run` has it.
struct PictureInputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "network, or native for the picture's own size.", valueName: "network|native"),
    transform: parseInputSize)
  var size: InputSizeChoice?

  @Option(
    help: "Whether the network gets the negative: auto, yes or no. At --size native, auto means no.")
  var invert = InvertMode.auto

  @Option(
    help:
      "How a photo is brought to the network: mask (the garment is cut out) or authors (as the data set's).")
  var prepare = GarmentPreparation.mask

  /// The picture as the model gets it.
  ///
  /// - Throws: `CommandError.choice` for a size in pixels, which a picture has itself.
  func input(_ image: RasterImage, for model: Model, gray: Bool) throws -> NetworkInput {
    var kind = InputSize.network
    switch size {
    case .kind(let chosen): kind = chosen
    case .pixels(let extent):
      throw CommandError.choice(
        "--size \(extent.width)x\(extent.height) is for the table without a picture; with one say network or native"
      )
    case nil: break
    }
    return try NetworkInput(
      image, for: model, size: kind, invert: invert, preparation: prepare, gray: gray)
  }

  var isNative: Bool { size == .kind(.native) }
}

/// `network`, `native`, or a size in pixels.
enum InputSizeChoice: Equatable {
  case kind(InputSize)
  case pixels(Extent)
}

@Sendable func parseInputSize(_ text: String) throws -> InputSizeChoice {
  if let kind = InputSize(rawValue: text) { return .kind(kind) }
  guard let extent = try? parsePictureSize(text) else {
    throw ValidationError("'\(text)' is no size; use network, native, or without a picture WIDTHxHEIGHT")
  }
  return .pixels(extent)
}
