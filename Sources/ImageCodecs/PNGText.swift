/// A note in a PNG file, such as the program that wrote it.
public struct TextChunk: Sendable, Equatable {
  /// What the text is about, 1 to 79 printable ASCII characters: `Software`, `Title`, `Source` ...
  public let keyword: String
  /// Any text without NUL characters.
  public let text: String

  public init(keyword: String, text: String) {
    self.keyword = keyword
    self.text = text
  }
}

/// The uncompressed text chunks (tEXt and iTXt) of a PNG file, in order; damaged ones are left out.
public func readPNGText(_ bytes: [UInt8]) -> [TextChunk] {
  pngChunks(bytes).compactMap { chunk in
    guard chunk.type == "tEXt" || chunk.type == "iTXt", isIntact(chunk, of: bytes) else { return nil }
    let content = bytes[chunk.content]
    return chunk.type == "tEXt" ? latinText(content) : internationalText(content)
  }
}

/// keyword NUL text, both Latin-1
private func latinText(_ content: ArraySlice<UInt8>) -> TextChunk? {
  guard let end = content.firstIndex(of: 0) else { return nil }
  return TextChunk(keyword: latin1(content[..<end]), text: latin1(content[(end + 1)...]))
}

/// keyword NUL compressed method language NUL translated-keyword NUL text; the last two UTF-8
private func internationalText(_ content: ArraySlice<UInt8>) -> TextChunk? {
  guard let end = content.firstIndex(of: 0) else { return nil }
  let rest = content[(end + 1)...]
  guard rest.count >= 4, rest[rest.startIndex] == 0 else { return nil }
  let fields = rest.dropFirst(2).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
  guard fields.count == 3 else { return nil }
  return TextChunk(keyword: latin1(content[..<end]), text: String(decoding: fields[2], as: UTF8.self))
}

private func latin1(_ bytes: ArraySlice<UInt8>) -> String {
  var text = ""
  for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
  return text
}

/// The chunk for a text: tEXt where Latin-1 has all its characters, else iTXt in UTF-8.
func makeChunk(_ chunk: TextChunk) -> [UInt8] {
  let keyword = Array(chunk.keyword.utf8)
  if chunk.text.unicodeScalars.allSatisfy({ $0.value < 256 }) {
    let latin = chunk.text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return makePNGChunk(type: "tEXt", content: keyword + [0] + latin)
  }
  // Uncompressed, method 0, no language, no translated keyword.
  return makePNGChunk(type: "iTXt", content: keyword + [0, 0, 0, 0, 0] + Array(chunk.text.utf8))
}

/// What the PNG specification forbids in a text chunk; `nil` if it is fine.
func defect(of chunk: TextChunk) -> String? {
  let keyword = Array(chunk.keyword.utf8)
  if !(1...79).contains(keyword.count) || !keyword.allSatisfy({ (0x20...0x7e).contains($0) })
    || keyword.first == 0x20 || keyword.last == 0x20
    || zip(keyword, keyword.dropFirst()).contains(where: { $0 == 0x20 && $1 == 0x20 })
  {
    return "the text keyword \"\(chunk.keyword)\" is not 1 to 79 ASCII characters with single inner spaces"
  }
  if chunk.text.utf8.contains(0) { return "the text \"\(chunk.keyword)\" contains a NUL character" }
  return nil
}
