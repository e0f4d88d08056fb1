import FeatureMap

/// What a written picture says of itself in its PNG text chunks.
func textChunks(title: String, shape: Shape?, scale: String?, source: String?) -> [TextChunk] {
  var chunks = [
    TextChunk(keyword: "Software", text: "featuremap \(programVersion)"),
    TextChunk(keyword: "Title", text: title),
  ]
  if let shape { chunks.append(TextChunk(keyword: "Shape", text: "\(shape)")) }
  if let scale { chunks.append(TextChunk(keyword: "Scale", text: scale)) }
  if let source { chunks.append(TextChunk(keyword: "Source", text: fileName(of: source))) }
  return chunks
}

/// Writes a drawn picture as PNG or JPEG, told by its name.
func save(
  _ image: RasterImage, to path: String, title: String, shape: Shape? = nil, scale: String? = nil,
  source: String? = nil
) throws {
  try OutputPlace.prepare(path)
  var options = ImageOptions()
  options.png.text = textChunks(title: title, shape: shape, scale: scale, source: source)
  try saveImage(image, to: path, format: path == standardStreamPath ? .png : nil, options: options)
}

/// Checks before any work that a drawn picture can go where it shall.
///
/// - Throws: `CommandError` for a name that tells no format, or that of a file which is read.
func checkPictureOutput(_ path: String, inputs: [String]) throws {
  guard path == standardStreamPath || ["png", "jpg", "jpeg"].contains(fileExtension(of: path)) else {
    throw CommandError.choice("\(path): a picture goes into a file that ends in .png or .jpg")
  }
  try OutputPlace.protect(inputs, from: path)
}
