import Foundation

/// A command of another program's, by its name on `PATH`.
struct Command {
  let name: String
  let arguments: [String]
  /// What it reads on standard input: where secrets belong, which a list of processes would show as arguments.
  var input = ""

  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  func run() throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (standardInput, output, errors)
    try process.run()
    standardInput.fileHandleForWriting.write(Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    // Errors are a few lines, which the pipe holds until the output has ended.
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let words = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: words, as: UTF8.self))
  }

  /// - Throws: `PublishingError.command` where the status is not 0.
  @discardableResult
  func check() throws -> Result {
    let result = try run()
    guard result.status == 0 else {
      let words = result.errors.isEmpty ? result.output : result.errors
      throw PublishingError.command(
        ([name] + arguments.prefix(3)).joined(separator: " "), status: result.status,
        output: String(words.trimmingCharacters(in: .whitespacesAndNewlines).suffix(1000)))
    }
    return result
  }
}
