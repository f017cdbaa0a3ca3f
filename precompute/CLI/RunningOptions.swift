import ArgumentParser
import Models
import Report

/// What every long computation of the command line takes.
struct RunningOptions: ParsableArguments {
  @Option(name: .long, help: "Start of every random sequence.")
  var seed: UInt64 = 1

  @Option(name: .long, help: "Threads; results do not depend on it [default: all cores].")
  var threads: Int?

  @Flag(name: .long, help: "No progress.")
  var quiet = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is at least 1.") }
  }

  var parallelism: Parallelism { threads.map(Parallelism.init(threads:)) ?? .allCores }

  var reporter: ProgressReporter? { quiet ? nil : ProgressReporter() }
}
