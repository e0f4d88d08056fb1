import ArgumentParser
import FeatureMap

/// `featuremap plugin new`: a plugin to begin with, which builds, has a test and works.
struct PluginNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a small plugin to begin with: it builds, has a test and works.",
    discussion: """
      Its kernel, which is to be replaced by yours, makes differences to the surroundings stronger. In Swift it is a \
      package that needs featuremap's sources, in C a file that needs nothing but the header beside it.

      EXAMPLES:
        featuremap plugin new soften --language swift
        featuremap plugin new soften --language c -o plugins/soften
      """)

  /// What a plugin can be begun in.
  enum Language: String, CaseIterable, ExpressibleByArgument {
    case swift
    case c
  }

  @Argument(help: "Name of the plugin and its kernel: lower-case letters, digits and hyphens.")
  var name: String

  @Option(help: "swift or c.")
  var language: Language

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder to be made; the name by default.", valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "For Swift: the folder of featuremap's sources. Found where the program, or the current folder, is in it.",
      valueName: "folder"))
  var package: String?

  func validate() throws {
    guard PluginTemplate.isValid(name: name) else {
      throw ValidationError(
        "'\(name)' is no name for a plugin; use lower-case letters, digits and single hyphens, beginning with a letter"
      )
    }
    if language == .c && package != nil {
      throw ValidationError("--package is for plugins in Swift; one in C needs no sources of featuremap")
    }
  }

  func run() throws {
    let registry = try makeRegistry()
    if registry.names.contains(name) || registry.plugin(named: name) != nil {
      throw CommandError.choice(
        "there is a kernel or plugin '\(name)' in featuremap already; choose another name")
    }
    let folder = output ?? name
    guard !fileExists(folder) else {
      throw CommandError.choice("\(folder) is there already; name another folder with -o")
    }
    let template =
      switch language {
      case .c: PluginTemplate.c(name: name)
      case .swift: PluginTemplate.swift(name: name, package: try packageFolder())
      }
    for file in template.files {
      let path = joinPath(folder, file.path)
      try createFolder(parentFolder(of: path))
      try writeFile(file.bytes, to: path)
      print(path)
    }
    print("\nWhat now:")
    print("  cd \(shellWord(folder))\n  \(template.build)\n  \(template.test)")
    print("  featuremap plugin check \(template.library)")
    print("  featuremap apply \(name) PICTURE --plugin \(template.library) -o out.png")
  }

  /// Where featuremap's sources are.
  private func packageFolder() throws -> String {
    func isPackage(_ folder: String) -> Bool {
      fileExists(joinPath(folder, "Package.swift"))
        && isFolder(joinPath(folder, "Sources/FeatureMapPluginKit"))
    }
    if let package {
      guard isPackage(package) else {
        throw CommandError.choice("--package \(package): featuremap's sources are not there")
      }
      return resolvedPath(package)
    }
    for start in [parentFolder(of: ChildProcess.thisProgram), resolvedPath(".")] {
      var folder = start
      while !folder.isEmpty {
        if isPackage(folder) { return folder }
        if folder == "/" { break }
        folder = parentFolder(of: folder)
      }
    }
    throw CommandError.choice(
      "a plugin in Swift needs featuremap's sources; say where they are with --package FOLDER")
  }
}
