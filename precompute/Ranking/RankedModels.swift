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
    _ log: EventLog, _ configuration: Configuration, parallelism: Parallelism = .allCores,
    progress: @escaping (String) -> Void = { _ in }
  ) throws -> (models: TrainedModels, plan: SnapshotPlan) {
    let plan = SnapshotPlan(items: log.table.itemIDs.count, configuration: configuration)
    let rankers = try RankerTraining(log, configuration, treesMax: plan.treesMax, parallelism, progress).rankers()
    var models = TrainedModels.fit(log, configuration, dimensions: plan.dimensions, parallelism: parallelism) {
      progress("training: \($0.rawValue)")
    }
    models.rankers = rankers
    return (models, plan)
  }
}
