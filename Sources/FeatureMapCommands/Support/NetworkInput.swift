import ArgumentParser
import FeatureMap

extension InvertMode: ExpressibleByArgument {}
extension GarmentPreparation: ExpressibleByArgument {}

/// At which size a picture goes into a network.
enum InputSize: String, ExpressibleByArgument, CaseIterable {
  /// The network's own, as the data set shows things.
  case network
  /// The picture's own; only layers before the first that needs a fixed size work.
  case native
}

/// A picture as a model gets it.
struct NetworkInput {
  let tensor: Tensor
  /// What was done to it, for people; empty where nothing was decided.
  let decisions: String
  /// The same brought to the form of the data set; `nil` for networks of another size.
  let garment: GarmentPicture?

  /// All that the network is asked for a classification: shape [views, channels, height, width].
  var views: Tensor { garment?.views ?? tensor }
  /// How much the answer to each view counts; the sum is 1.
  var viewWeights: [Float] { garment?.viewWeights ?? [1] }

  /// - Parameter gray: puts the colours of a chain's picture together.
  init(
    _ image: RasterImage, for model: Model, size: InputSize, invert: InvertMode,
    preparation: GarmentPreparation, gray: Bool
  ) throws {
    if size == .network && model.network.inputShape == Shape(channels: 1, height: 28, width: 28) {
      let garment = GarmentPicture(image, invert: invert, preparation: preparation)
      tensor = garment.tensor
      decisions = garment.decisions
      self.garment = garment
      return
    }
    garment = nil
    guard let wanted = model.network.inputShape else {
      tensor = Tensor(
        image: image, mode: gray || image.colorChannels == 1 ? .gray : .rgb, background: .white)
      decisions = ""
      return
    }
    if size == .native {
      let color = Tensor(image: image, mode: wanted.channels == 1 ? .gray : .rgb, background: .white)
      tensor = invert == .yes ? color.map { 1 - $0 } : color
      decisions = invert == .yes ? "own size, inverted" : "own size"
      return
    }
    let color = Tensor(image: image, mode: wanted.channels == 1 ? .gray : .rgb, background: .white)
    tensor = resized(color, to: wanted.extent)
    decisions = "resized to \(wanted.width)x\(wanted.height)"
  }

  /// The input as a picture, enlarged by a whole factor so that one can see it.
  func grid() -> FeatureMapGrid {
    FeatureMapGrid(title: "input  \(tensor.shape)", maps: tensor, scale: .fixed(0...1), colorMap: .gray)
  }
}
