/// Filters that have no use on one picture, known by their names so that they need not be opened.
///
/// Each was tried on one frame: what comes out is the frame itself, or a mixture with frames that never were.
enum Frei0rRefusal {
  /// What each does with the frames.
  private static let overSeveralFrames = [
    "aech0r": "lets earlier frames fade away",
    "baltan": "mixes in earlier frames",
    "bgsubtract0r": "compares with the first frame",
    "delay0r": "shows an earlier frame",
    "delaygrab": "puts earlier frames together",
    "lightgraffiti": "gathers lights over the frames",
    "nervous": "jumps between earlier frames",
    "vertigo": "mixes in what it made of earlier frames",
  ]

  /// Why a filter cannot be used; `nil` for all that are not known to be so.
  static func reason(_ name: String) -> String? {
    overSeveralFrames[name].map { "needs several frames of a video: it \($0)" }
  }
}
