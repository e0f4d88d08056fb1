import CUnfinishedFiles

/// The files that are being written, which are removed when a signal ends the program.
public enum UnfinishedFiles {
  /// A file among them.
  struct Entry {
    let path: String
    private let place: Int32

    /// To be made before the file is.
    init(_ path: String) {
      self.path = path
      place = fm_unfinished_add(path)
    }

    /// To be called once, when the file is finished or gone.
    func remove() { fm_unfinished_remove(place) }
  }

  /// From now on Ctrl-C, being asked to end and a terminal that closes remove them and then end the program as they
  /// would have, unless they are ignored. Files that may not grow further are errors of writing, no signals.
  public static func removeAtSignals() { fm_unfinished_watch_all() }

  /// The same for one signal, whatever it did before. May be called in a signal's handler.
  public static func removeAtSignal(_ number: Int32) { fm_unfinished_watch(number) }
}
