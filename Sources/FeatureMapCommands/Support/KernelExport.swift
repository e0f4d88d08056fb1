import ArgumentParser
import FeatureMap

/// What `kernels` writes.
enum KernelOutputFormat: String, ExpressibleByArgument, CaseIterable {
  case png
  case json
  case text
  case vips
  case imagemagick
  case gmic
  case npy

  /// `nil` for pictures and arrays.
  var text: KernelTextFormat? { KernelTextFormat(rawValue: rawValue) }
}

/// Writes kernels as text: to standard output, a file, or a folder.
struct KernelExport {
  let format: KernelTextFormat
  /// `nil` and `-` for standard output.
  let output: String?
  /// Files that must not be written over.
  let inputs: [String]

  /// - Throws: `KernelError` for a kernel that the format cannot keep; `CommandError`, `FileError` for the output.
  func write(_ files: [KernelFile]) throws {
    var used: Set<String> = []
    var texts: [(name: String, text: String)] = []
    for file in files {
      let all = try file.texts(format)
      let name = freeName(file.name, &used)
      for (index, text) in all.enumerated() {
        texts.append((all.count == 1 ? name : "\(name)-\(index)", text))
      }
      let losses = file.losses(in: format)
      if !losses.isEmpty {
        Console.note("\(file.name): \(format.title) does not keep \(losses.joined(separator: ", "))")
      }
    }
    guard let output, output != standardStreamPath else {
      print(texts.map(\.text).joined(separator: "\n"), terminator: "")
      return
    }
    let isFolder = OutputPlace.isFolderPath(output)
    guard isFolder || texts.count == 1 else {
      throw CommandError.choice("there are \(texts.count) kernels to write: -o names a folder, got \(output)")
    }
    for (name, text) in texts {
      let path = isFolder ? joinPath(output, "\(name).\(format.fileExtension)") : output
      try OutputPlace.protect(inputs, from: path)
      try OutputPlace.prepare(path)
      try writeFile(Array(text.utf8), to: path)
      print("\(path): \(format.title)")
    }
  }
}
