/// The eigenvalues and eigenvectors of a symmetric matrix.
///
/// Householder's reduction to three diagonals, then the QL algorithm with implicit shifts.
/// Source: Bowdler, Martin, Reinsch, Wilkinson, "The QR and QL Algorithms for Symmetric Matrices", Numerische
/// Mathematik 11, 1968 (EISPACK's tred2 and tql2).
struct SymmetricEigen {
  /// Ascending.
  let values: [Double]
  /// Vector k is column k: component i at `i * count + k`.
  private let vectors: [Double]
  private var count: Int { values.count }

  /// - Parameter matrix: symmetric, `count * count` numbers.
  /// - Complexity: O(count^3)
  init(_ matrix: [Double], count: Int) {
    var work = QLWork(matrix, count: count)
    work.reduce()
    work.iterate()
    let order = (0..<count).sorted { work.d[$0] < work.d[$1] }
    values = order.map { work.d[$0] }
    var vectors = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for (k, old) in order.enumerated() { vectors[i * count + k] = work.v[old * count + i] }
    }
    self.vectors = vectors
  }

  /// The x of least size that solves A x = b in the span of the `rank` last vectors.
  func leastSolution(_ right: [Double], rank: Int) -> [Double] {
    var x = [Double](repeating: 0, count: count)
    for k in count - rank..<count {
      var part = 0.0
      for i in 0..<count { part += vectors[i * count + k] * right[i] }
      for i in 0..<count { x[i] += part / values[k] * vectors[i * count + k] }
    }
    return x
  }

  /// The diagonal of the pseudo-inverse; `nil` where a component has a share in the other vectors.
  func inverseDiagonal(rank: Int) -> [Double?] {
    (0..<count).map { i in
      var free = 0.0
      for k in 0..<count - rank { free += vectors[i * count + k] * vectors[i * count + k] }
      if free > 1e-8 { return nil }
      var sum = 0.0
      for k in count - rank..<count { sum += vectors[i * count + k] * vectors[i * count + k] / values[k] }
      return sum
    }
  }
}

/// The working arrays of the two steps, named as in the paper.
private struct QLWork {
  let n: Int
  /// First the matrix, then the vectors: component i of vector k at k * n + i, so that the loops run along rows.
  var v: [Double]
  var d: [Double]
  var e: [Double]

  init(_ matrix: [Double], count: Int) {
    n = count
    v = matrix
    d = [Double](repeating: 0, count: count)
    e = d
  }

  /// tred2
  mutating func reduce() {
    if n == 0 { return }
    for j in 0..<n { d[j] = v[j * n + n - 1] }
    for i in stride(from: n - 1, to: 0, by: -1) {
      var scale = 0.0
      for k in 0..<i { scale += abs(d[k]) }
      var h = 0.0
      if scale == 0 {
        e[i] = d[i - 1]
        for j in 0..<i {
          d[j] = v[j * n + i - 1]
          v[j * n + i] = 0
          v[i * n + j] = 0
        }
      } else {
        h = householder(i, scale)
      }
      d[i] = h
    }
    accumulate()
  }

  private mutating func householder(_ i: Int, _ scale: Double) -> Double {
    var h = 0.0
    for k in 0..<i {
      d[k] /= scale
      h += d[k] * d[k]
    }
    var f = d[i - 1]
    let g = f > 0 ? -h.squareRoot() : h.squareRoot()
    e[i] = scale * g
    h -= f * g
    d[i - 1] = f - g
    for j in 0..<i { e[j] = 0 }
    for j in 0..<i {
      f = d[j]
      v[i * n + j] = f
      var sum = e[j] + v[j * n + j] * f
      for k in j + 1..<max(i, j + 1) {
        sum += v[j * n + k] * d[k]
        e[k] += v[j * n + k] * f
      }
      e[j] = sum
    }
    f = 0
    for j in 0..<i {
      e[j] /= h
      f += e[j] * d[j]
    }
    let hh = f / (h + h)
    for j in 0..<i { e[j] -= hh * d[j] }
    for j in 0..<i {
      f = d[j]
      let g = e[j]
      for k in j..<i { v[j * n + k] -= f * e[k] + g * d[k] }
      d[j] = v[j * n + i - 1]
      v[j * n + i] = 0
    }
    return h
  }

  private mutating func accumulate() {
    for i in 0..<n - 1 {
      v[i * n + n - 1] = v[i * n + i]
      v[i * n + i] = 1
      let h = d[i + 1]
      if h != 0 {
        for k in 0...i { d[k] = v[(i + 1) * n + k] / h }
        for j in 0...i {
          var g = 0.0
          for k in 0...i { g += v[(i + 1) * n + k] * v[j * n + k] }
          for k in 0...i { v[j * n + k] -= g * d[k] }
        }
      }
      for k in 0...i { v[(i + 1) * n + k] = 0 }
    }
    for j in 0..<n {
      d[j] = v[j * n + n - 1]
      v[j * n + n - 1] = 0
    }
    v[n * n - 1] = 1
    e[0] = 0
  }

  /// tql2
  mutating func iterate() {
    if n == 0 { return }
    for i in 1..<max(n, 1) { e[i - 1] = e[i] }
    e[n - 1] = 0
    var f = 0.0
    var largest = 0.0
    for l in 0..<n {
      largest = max(largest, abs(d[l]) + abs(e[l]))
      var m = l
      while m < n - 1 && abs(e[m]) > largest * Double.ulpOfOne { m += 1 }
      if m > l {
        // Thirty rounds for one value are what EISPACK allows; a handful are needed.
        for _ in 0..<30 {
          f += shift(l)
          sweep(l, m)
          if abs(e[l]) <= largest * Double.ulpOfOne { break }
        }
      }
      d[l] += f
      e[l] = 0
    }
  }

  /// The implicit shift, taken from the values that are still to be found.
  private mutating func shift(_ l: Int) -> Double {
    let g = d[l]
    let p = (d[l + 1] - g) / (2 * e[l])
    let r = (p * p + 1).squareRoot() * (p < 0 ? -1 : 1)
    d[l] = e[l] / (p + r)
    d[l + 1] = e[l] * (p + r)
    let h = g - d[l]
    for i in l + 2..<max(n, l + 2) { d[i] -= h }
    return h
  }

  private mutating func sweep(_ l: Int, _ m: Int) {
    let next = d[l + 1]
    let nextE = e[l + 1]
    var p = d[m]
    var (c, c2, c3) = (1.0, 1.0, 1.0)
    var (s, s2) = (0.0, 0.0)
    for i in (l..<m).reversed() {
      c3 = c2
      c2 = c
      s2 = s
      let g = c * e[i]
      let h = c * p
      let r = (p * p + e[i] * e[i]).squareRoot()
      e[i + 1] = s * r
      s = e[i] / r
      c = p / r
      p = c * d[i] - s * g
      d[i + 1] = h + s * (c * g + s * d[i])
      rotate(i, c, s)
    }
    p = -s * s2 * c3 * nextE * e[l] / next
    e[l] = s * p
    d[l] = c * p
  }

  private mutating func rotate(_ i: Int, _ c: Double, _ s: Double) {
    let n = n
    v.withUnsafeMutableBufferPointer { v in
      for k in 0..<n {
        let h = v[(i + 1) * n + k]
        v[(i + 1) * n + k] = s * v[i * n + k] + c * h
        v[i * n + k] = c * v[i * n + k] - s * h
      }
    }
  }
}
