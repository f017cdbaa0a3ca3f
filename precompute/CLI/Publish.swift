import ArgumentParser
import Foundation
import Publishing
import Report

struct Publish: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the generation in force from a directory to where workers read it.",
    discussion: """
      DESTINATION is \(DestinationText.forms).

      Every file is held against the manifest first; then files go up, and the manifest last, so that nobody ever reads a \
      manifest whose files are not there. What is there already is not sent again.
      """)

  @Argument(help: "The directory that `martlet build` has published to.")
  var directory: String

  @Option(name: .long, help: "Where to.")
  var to: String

  @Option(name: .long, help: "Address of an S3-compatible store, such as https://ACCOUNT.r2.cloudflarestorage.com.")
  var endpoint: String?

  @Option(name: .long, help: "Region of the store; `auto` for R2.")
  var region = "us-east-1"

  @Flag(name: .long, help: "Errors only.")
  var quiet = false

  func run() throws {
    let destination = try DestinationText.destination(to, endpoint: endpoint, region: region)
    let report = try GenerationCopy(from: directory, to: destination).run { name in
      if !quiet { printToStandardError("\(name) → \(destination.name)") }
    }
    if !quiet {
      printToStandardError(
        "generation \(report.generation): \(counted(report.files, "file")), \(report.bytes) bytes brought, \(report.present) there before"
      )
    }
  }
}
