/// Names content that is neither PNG nor JPEG, with its article: "a WebP image"; `nil` if it is not known.
func foreignKind(of bytes: [UInt8]) -> String? {
  for (start, kind) in foreignStarts where bytes.starts(with: start) { return kind }
  if bytes.starts(with: text("RIFF")), bytes.dropFirst(8).starts(with: text("WEBP")) { return "a WebP image" }
  if bytes.dropFirst(4).starts(with: text("ftyp")) { return mediaKind(brand: bytes.dropFirst(8).prefix(4)) }
  return textKind(of: bytes)
}

/// First bytes and what they mean.
private let foreignStarts: [(start: [UInt8], kind: String)] = [
  (text("GIF87a"), "a GIF image"),
  (text("GIF89a"), "a GIF image"),
  (text("II*\0"), "a TIFF image"),
  (text("MM\0*"), "a TIFF image"),
  (text("II+\0"), "a TIFF image"),
  (text("MM\0+"), "a TIFF image"),
  (text("BM"), "a BMP image"),
  (text("%PDF-"), "a PDF document"),
  (text("8BPS"), "a Photoshop document"),
  (text("gimp xcf"), "a GIMP picture"),
  (text("qoif"), "a QOI image"),
  (text("P1\n"), "a PBM image"),
  (text("P2\n"), "a PGM image"),
  (text("P3\n"), "a PPM image"),
  (text("P4\n"), "a PBM image"),
  (text("P5\n"), "a PGM image"),
  (text("P6\n"), "a PPM image"),
  ([0x00, 0x00, 0x01, 0x00], "a Windows icon"),
  ([0xff, 0x0a], "a JPEG XL image"),
  ([0x00, 0x00, 0x00, 0x0c] + text("JXL "), "a JPEG XL image"),
  ([0x00, 0x00, 0x00, 0x0c] + text("jP  "), "a JPEG 2000 image"),
  ([0xff, 0x4f, 0xff, 0x51], "a JPEG 2000 image"),
  ([0x76, 0x2f, 0x31, 0x01], "an OpenEXR image"),
  (text("#?RADIANCE"), "a Radiance HDR image"),
  ([0x8a] + text("MNG"), "an MNG animation"),
  ([0x8b] + text("JNG"), "a JNG image"),
  ([0x93] + text("NUMPY"), "a NumPy array"),
  ([0x50, 0x4b, 0x03, 0x04], "a ZIP archive"),
  ([0x1f, 0x8b], "a gzip file"),
]

/// The kinds that share the ISO base media container, told by their major brand.
private func mediaKind(brand: ArraySlice<UInt8>) -> String {
  switch String(decoding: brand, as: UTF8.self) {
  case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1": "a HEIC image"
  case "avif", "avis": "an AVIF image"
  case "crx ": "a Canon raw image"
  default: "an MP4 or QuickTime video"
  }
}

/// SVG, HTML or plain text, judged by the first bytes alone.
private func textKind(of bytes: [UInt8]) -> String? {
  let start = bytes.prefix(1024)
  guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || (0x09...0x0d).contains($0) }) else { return nil }
  let words = String(decoding: start, as: UTF8.self)
  // A character cut in two at the end is the only one that may be invalid.
  if words.dropLast(1).unicodeScalars.contains("\u{fffd}") { return nil }
  let lowercased = words.lowercased()
  if contains(lowercased, "<svg") { return "an SVG drawing" }
  if contains(lowercased, "<!doctype html") || contains(lowercased, "<html") { return "an HTML page" }
  return "a text file"
}

private func contains(_ words: String, _ part: String) -> Bool {
  let part = Array(part.utf8)
  var rest = Array(words.utf8)[...]
  while rest.count >= part.count {
    if rest.starts(with: part) { return true }
    rest = rest.dropFirst()
  }
  return false
}

private func text(_ ascii: String) -> [UInt8] { Array(ascii.utf8) }
