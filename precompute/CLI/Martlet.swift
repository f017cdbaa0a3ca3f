import ArgumentParser
import SnapshotFormat

@main
struct Martlet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract: "Recommendations at the edge: builds read-only snapshots from a shop's events, and answers from them.",
    version: "0.1.0, snapshot format \(FormatVersion.current)",
    subcommands: [
      Build.self, Publish.self, Rules.self, Forget.self, Evaluate.self, Tune.self, Inspect.self, Answer.self,
      Simulate.self,
    ])
}
