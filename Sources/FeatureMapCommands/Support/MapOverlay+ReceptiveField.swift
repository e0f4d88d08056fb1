import FeatureMap

extension MapOverlay {
  /// Maps over the input of their network, each value over the middle of its receptive field; `nil` for layers that
  /// see the whole input at once.
  init?(_ input: Tensor, _ field: ReceptiveField?) {
    guard let field, !field.isGlobal else { return nil }
    self.init(
      picture: input, startY: field.start.y, startX: field.start.x, stepY: field.jump.height,
      stepX: field.jump.width)
  }
}
