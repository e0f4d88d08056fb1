/// The names that a user may have meant: those fewest edits away (at most a third of the length, at least
/// 1), and those that begin with what was typed. At most three.
public func nearestNames(to name: String, among known: [String]) -> [String] {
  let typed = Array(name.lowercased())
  let limit = max(1, typed.count / 3)
  let scored = known.compactMap { candidate -> (name: String, distance: Int)? in
    let letters = Array(candidate.lowercased())
    let distance = editDistance(typed, letters)
    if distance <= limit { return (candidate, distance) }
    if typed.count >= 2 && letters.starts(with: typed) { return (candidate, limit + 1) }
    return nil
  }
  let sorted = scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
  return sorted.prefix(3).map(\.name)
}

/// The number of insertions, deletions, replacements and exchanges of neighbours between two words
/// (optimal string alignment).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforePrevious = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
        best = min(best, beforePrevious[j - 1] + 1)
      }
      current.append(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.count]
}
