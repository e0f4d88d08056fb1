import FileAccess

/// Splits the text of a kernel into words, ends of rows and brackets, each with its place.
///
/// Blanks and commas separate words and mean nothing else.
struct KernelTextScanner {
  enum Sign: Equatable {
    /// A number, or what stands in its place.
    case word(String)
    case newline
    case semicolon
    case colon
    case open
    case close
  }

  struct Token {
    let sign: Sign
    let position: TextPosition
  }

  static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var word = ""
    var place = TextPosition(line: 1, column: 1)
    var start = place
    func end() {
      if !word.isEmpty { tokens.append(Token(sign: .word(word), position: start)) }
      word = ""
    }
    for character in text {
      let sign: Sign? =
        switch character {
        case ";": .semicolon
        case ":": .colon
        case "(": .open
        case ")": .close
        case _ where character.isNewline: .newline
        default: nil
        }
      if let sign {
        end()
        tokens.append(Token(sign: sign, position: place))
      } else if character == "," || character.isWhitespace {
        end()
      } else {
        if word.isEmpty { start = place }
        word.append(character)
      }
      place.column += 1
      if character.isNewline { place = TextPosition(line: place.line + 1, column: 1) }
    }
    end()
    return tokens
  }
}
