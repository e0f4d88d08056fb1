import FeatureMap
import TestSupport
import Testing

@Suite("The library")
struct LibraryExample {
  @Test("ten lines load a picture, run a kernel and a network, and write a grid")
  func tenLines() throws {
    let folder = try Documentation.workFolder()
    try example(in: folder.path)
    #expect(try loadImage(folder("edges.png")).width == 960)
    #expect(try loadImage(folder("conv1.png")).channels == 3)
  }

  private func example(in folder: String) throws {
    let garmentFile = joinPath(folder, "Samples/Images/garment.png")
    let sceneFile = joinPath(folder, "Samples/Images/scene.jpg")
    let edgesFile = joinPath(folder, "edges.png")
    let gridFile = joinPath(folder, "conv1.png")
    // swift-format-ignore
    do {
let scene = Tensor(image: try loadImage(sceneFile), mode: .gray)
let sobel = try EdgeDetectorsPlugin().kernels.first { $0.descriptor.name == "sobel" }?.make()
if let edges = try sobel?(scene) {
  try saveImage(try RasterImage(tensor: edges), to: edgesFile)
}

let garment = Tensor(image: try loadImage(garmentFile), mode: .gray)
let lenet = try trainedLeNet().network
for layer in try lenet.activations(of: ["conv1"], for: garment) {
  let grid = FeatureMapGrid(title: "\(layer.layer)  \(layer.output.shape)", maps: layer.output)
  try saveImage(grid.render().image, to: gridFile)
}
    }
  }
}
