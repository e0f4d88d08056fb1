/// The last part of a path: `b.png` of `a/b.png`.
public func fileName(of path: String) -> String {
  // By bytes: folders may hold many thousands of names.
  let slash = UInt8(ascii: "/")
  guard let last = path.utf8.lastIndex(where: { $0 != slash }) else { return path }
  let rest = path.utf8[...last]
  let start = rest.lastIndex(of: slash).map(path.utf8.index(after:)) ?? path.startIndex
  if start == path.startIndex, rest.endIndex == path.endIndex { return path }
  return String(Substring(rest[start...]))
}

/// The path without its last part: `a` of `a/b.png`, the empty string of `b.png`, `/` of `/b.png`.
public func parentFolder(of path: String) -> String {
  let withoutName = withoutTrailingSlashes(path[...]).lastIndex(of: "/").map { path[...$0] } ?? ""
  return String(withoutTrailingSlashes(withoutName))
}

/// A path that ends in its last name; one slash stays of slashes only.
private func withoutTrailingSlashes(_ path: Substring) -> Substring {
  var rest = path
  while rest.count > 1 && rest.last == "/" { rest.removeLast() }
  return rest
}

/// The file name without folder and extension: `b` of `a/b.png`.
public func baseName(of path: String) -> String {
  let name = fileName(of: path)
  return extensionDot(of: name).map { String(name[..<$0]) } ?? name
}

/// The extension in lower case without its dot: `png` of `a/B.PNG`; empty where there is none.
public func fileExtension(of path: String) -> String {
  let name = fileName(of: path)
  return extensionDot(of: name).map { name[name.utf8.index(after: $0)...].lowercased() } ?? ""
}

/// The dot before a file name's extension; one at its start belongs to a hidden file's name.
private func extensionDot(of name: String) -> String.Index? {
  name.utf8.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 == name.startIndex ? nil : $0 }
}

/// A folder and a name joined by exactly one slash; the name alone for an empty folder.
public func joinPath(_ folder: String, _ name: String) -> String {
  if folder.isEmpty { return name }
  var path = ""
  path.reserveCapacity(folder.utf8.count + 1 + name.utf8.count)
  path += folder
  if folder.utf8.last != UInt8(ascii: "/") { path += "/" }
  path += name
  return path
}

/// The path without its extension: `a/b` of `a/b.png`.
public func withoutExtension(_ path: String) -> String {
  joinPath(parentFolder(of: path), baseName(of: path))
}
