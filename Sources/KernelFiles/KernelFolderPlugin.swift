import FileAccess
import KernelAPI

/// Kernel files as a plugin: all of a folder, or a single one.
///
/// The identifier is the folder's or file's name in lower case, with hyphens for what no name may have. A kernel is
/// called as its JSON says, or like its file. Files of other kinds in the folder, hidden ones, folders and
/// `*.schema.json` are no part of the plugin.
public struct KernelFolderPlugin: KernelPlugin {
  public let identifier: String
  public let version = "1.0.0"
  public let summary: String
  public let kernels: [KernelFactory]

  /// - Throws: `FileError` when the folder or a file cannot be read; `KernelError` for a folder without kernels, a
  ///   file that is no kernel, a name that is not valid, and for two kernels of one name.
  public init(folder: String) throws {
    let names = try listFolder(folder).filter { name in
      !name.hasPrefix(".") && !name.hasSuffix(".schema.json")
        && KernelFile.extensions.contains(fileExtension(of: name)) && !isFolder(joinPath(folder, name))
    }
    guard !names.isEmpty else {
      throw KernelError.unusable(
        kernel: folder,
        problem: "the folder holds no kernel file (\(KernelFile.extensions.joined(separator: ", ")))")
    }
    try self.init(
      files: names.map { joinPath(folder, $0) }, name: fileName(of: folder),
      summary: "kernels of the folder \(folder)")
  }

  /// - Throws: as for a folder.
  public init(file: String) throws {
    try self.init(files: [file], name: baseName(of: file), summary: "the kernel of the file \(file)")
  }

  private init(files: [String], name: String, summary: String) throws {
    identifier = Self.validName(name)
    guard identifier.contains(where: { $0 != "-" }) else {
      throw KernelError.invalidName(name, plugin: name)
    }
    self.summary = summary
    var owners: [String: String] = [:]
    kernels = try files.map { path in
      var file = try KernelFile(path: path)
      if file.name == baseName(of: path) { file.name = Self.validName(file.name) }
      guard isValidKernelName(file.name) else { throw KernelError.invalidName(file.name, plugin: path) }
      if let owner = owners[file.name] {
        throw KernelError.duplicateName(file.name, first: owner, second: path)
      }
      owners[file.name] = path
      return file.factory
    }
  }

  /// Lower-case letters, digits and hyphens.
  private static func validName(_ name: String) -> String {
    String(name.lowercased().map { isValidKernelName(String($0)) ? $0 : "-" })
  }
}
