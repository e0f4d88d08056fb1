import ImageCodecs

extension RasterImage {
  /// The picture as an escape sequence of kitty's graphics protocol: a PNG in base 64, in chunks of 4,096.
  ///
  /// Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/
  ///
  /// - Parameter columns: of characters that it is shrunk or enlarged to; `nil` for its own size.
  /// - Throws: `ImageError` when it cannot be encoded.
  public func kittyGraphics(columns: Int? = nil) throws -> String {
    let text = base64(try encodePNG(reducedTo8Bits()))
    let size = columns.map { ",c=\($0)" } ?? ""
    var sequence = ""
    var rest = text[...]
    while !rest.isEmpty || sequence.isEmpty {
      let chunk = rest.prefix(4096)
      rest = rest.dropFirst(4096)
      // q=2: the terminal answers nothing, which would be read as typed.
      let keys = sequence.isEmpty ? "a=T,f=100,q=2\(size)," : ""
      sequence += "\u{1b}_G\(keys)m=\(rest.isEmpty ? 0 : 1);"
      sequence += String(decoding: chunk, as: UTF8.self) + "\u{1b}\\"
    }
    return sequence
  }
}

/// Bytes in base 64 (RFC 4648) with padding, as ASCII.
func base64(_ bytes: [UInt8]) -> [UInt8] {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for first in stride(from: 0, to: bytes.count, by: 3) {
    let count = min(3, bytes.count - first)
    let group = (0..<3).reduce(0) { $0 << 8 | ($1 < count ? Int(bytes[first + $1]) : 0) }
    for place in 0..<4 {
      text.append(place <= count ? alphabet[group >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
    }
  }
  return text
}
