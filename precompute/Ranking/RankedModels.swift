import Configuration
import EventLog
import Models
import Recommender
import Replay
import SnapshotFormat
import SnapshotWriter

/// The whole training: a ranker learned on rolling past stretches, each with an index of earlier data alone, and then all models
/// on all data.
public enum RankedModels {
  /// - Parameter progress: called as each step begins.
  public static func fit(
    _ selection: ItemSelection, _ configuration: Configuration, parallelism: Parallelism = .allCores,
    progress: @escaping (String) -> Void = { _ in }
  ) throws -> (models: TrainedModels, plan: SnapshotPlan) {
    let log = selection.log
    let plan = SnapshotPlan(log.table, configuration)
    // What is later than the models' moment, by a wrong clock or by `as_of`, is nobody's to learn from.
    var known = log
    known.table = log.table.events(from: 0, through: TrainedModels.asOf(log, configuration))
    let rankers = try RankerTraining(known, configuration, treesMax: plan.treesMax, parallelism, progress).rankers()
    var models = TrainedModels.fit(log, configuration, dimensions: plan.dimensions, parallelism: parallelism) {
      progress("training: \($0.rawValue)")
    }
    try models.addRuleLists(known.table, plan, configuration, parallelism, progress)
    models.rankers = rankers
    models.histories = UserHistories(known, configuration)
    return (models, plan)
  }

  /// Of the items of `log` that a snapshot takes.
  public static func fit(
    _ log: EventLog, _ configuration: Configuration, parallelism: Parallelism = .allCores,
    progress: @escaping (String) -> Void = { _ in }
  ) throws -> (models: TrainedModels, plan: SnapshotPlan) {
    try fit(
      ItemSelection(log, configuration, parallelism: parallelism), configuration, parallelism: parallelism,
      progress: progress)
  }
}
