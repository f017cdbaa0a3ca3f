import struct Configuration.Configuration
import Foundation
import GRDB
import Models

/// What is looked up by what a request says: the words of a search, and who the visitor is.
struct LookupTables {
  let terms: TermTable
  let users: UserTable

  init(_ models: TrainedModels, _ plan: SnapshotPlan, _ configuration: Configuration) {
    let numbering = ItemNumbering(models)
    func bytes(_ share: Double) -> Int { Int(share * Double(plan.budget)) }
    terms = TermTable(
      models, numbering, budget: bytes(configuration.search.share), pageSize: plan.pageSize, parallelism: .allCores)
    users = UserTable(models.histories, numbering, budget: bytes(configuration.users.share))
  }

  func insert(_ db: GRDB.Database) throws {
    try terms.insert(db)
    try users.insert(db)
  }

  /// For the generation's digest.
  var content: [Data] {
    terms.rows.map { Data("\($0.text) ".utf8 + $0.items) } + users.rows.map { Data("\($0.key) ".utf8 + $0.history) }
  }
}
