import Testing

@testable import FeatureMapCommands

@Suite("How a terminal is known")
struct ShowTests {
  @Test(
    "by what it says of itself; half blocks where nothing is known, and inside of tmux and screen",
    arguments: [
      ([:], TerminalGraphics.blocks), (["TERM": "xterm-256color"], .blocks), (["TERM": "dumb"], .blocks),
      (["TERM": "xterm-kitty"], .kitty), (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], .kitty),
      (["TERM_PROGRAM": "ghostty"], .kitty), (["TERM_PROGRAM": "WezTerm"], .kitty),
      (["TERM": "foot"], .sixel), (["TERM": "mlterm-256color"], .sixel), (["TERM": "xterm-sixel"], .sixel),
      (["TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"], .blocks),
      (["TERM": "screen", "TERM_PROGRAM": "WezTerm"], .blocks),
      (["TERM": "foot", "TMUX": "/x"], .blocks),
    ] as [([String: String], TerminalGraphics)])
  func known(environment: [String: String], expected: TerminalGraphics) {
    #expect(TerminalGraphics { environment[$0] } == expected)
  }
}
