/// What is made of the maps that several filters give of one picture.
public enum MapCombination: String, Sendable, CaseIterable {
  /// They stay as they are.
  case none
  /// The root of the sum of their squares.
  case magnitude
  /// Their sum.
  case sum
  /// At each place the largest.
  case max
}
