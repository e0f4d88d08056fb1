/// What cannot be drawn, converted or read by this module.
public enum PictureError: Error, Equatable, Sendable {
  /// A tensor of this shape is no picture: it needs one example of 1 to 4 channels.
  case notAPicture(shape: String)
  /// The text of a scale is none of the known ones.
  case scale(String)
  /// There is no colour map of this name.
  case colorMap(String, known: [String])
  /// A layer has no channel of this number; they count from 0.
  case channel(Int, count: Int)
  /// Data that is no `.npy` file this program reads; the reason says what was found.
  case npy(reason: String)
}

extension PictureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAPicture(let shape):
      "a tensor of shape \(shape) is no picture: expected one example of 1, 2, 3 or 4 channels"
    case .scale(let text):
      "unknown scale '\(text)': expected each, layer, block, all or two numbers such as -1,1 (the lower first)"
    case .colorMap(let name, let known):
      "unknown colour map '\(name)': expected one of \(known.joined(separator: ", "))"
    case .channel(let number, let count):
      count == 1
        ? "there is no channel \(number): the layer has one, channel 0"
        : "there is no channel \(number): the layer has channels 0 to \(count - 1)"
    case .npy(let reason):
      "not a readable .npy file: \(reason); expected version 1.0 with little-endian 32-bit floats ('<f4') "
        + "in C order"
    }
  }
}
