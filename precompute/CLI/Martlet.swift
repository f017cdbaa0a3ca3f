import ArgumentParser

@main
struct Martlet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract: "Recommendations at the edge: builds read-only snapshots from a shop's events, and answers from them.",
    subcommands: [Build.self, Evaluate.self, Inspect.self, Answer.self])
}
