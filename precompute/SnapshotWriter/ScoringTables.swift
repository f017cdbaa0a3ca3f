import Configuration
import Foundation
import GRDB
import Models
import Recommender
import Session
import SnapshotFormat

/// The numbers by which the scorer weighs signals and sources, as rows of small readable tables.
struct ScoringTables {
  let events: [(type: EventType, weight: Double)]
  /// By position: e^(−position / λ).
  let decay: [Double]
  let blend: [(context: Context, source: Source, weight: Double)]

  /// λ of 3 keeps the newest item at three times the weight of the fourth.
  static let decayLength = 3.0
  /// A day: a visitor who comes back within it finds the session as it was.
  static let sessionWindow = 86_400

  /// What each source counts in each context before it is learned. Baskets speak in carts, sequences on product pages.
  static let standardBlend: [Context: [Source: Double]] = [
    .homepage: [.nextItem: 1, .boughtTogether: 0.3, .factors: 0.4, .popularity: 1, .category: 0.05],
    .product: [.nextItem: 1, .boughtTogether: 0.4, .factors: 0.3, .popularity: 1, .category: 0.15],
    .cart: [.nextItem: 0.6, .boughtTogether: 1, .factors: 0.3, .popularity: 1, .category: 0],
    .category: [.nextItem: 0.7, .boughtTogether: 0.2, .factors: 0.3, .popularity: 1, .category: 2],
    .search: [.nextItem: 1, .boughtTogether: 0.3, .factors: 0.4, .popularity: 1, .category: 0.1],
    .afterPurchase: [.nextItem: 0.5, .boughtTogether: 1, .factors: 0.4, .popularity: 1, .category: 0],
  ]

  init(_ models: TrainedModels, _ weights: [EventType: Float]) {
    events = EventType.allCases.map { ($0, Double(weights[$0] ?? 0)) }
    decay = (0...Session.signalsMax).map { exp(-Double($0) / ScoringTables.decayLength) }
    blend = Context.allCases.flatMap { context in
      Source.allCases.map { (context, $0, ScoringTables.weight(context, $0, models)) }
    }
  }

  /// Where there are lists of one kind only, they speak for the other too.
  private static func weight(_ context: Context, _ source: Source, _ models: TrainedModels) -> Double {
    let weights = standardBlend[context] ?? [:]
    let isList = source == .nextItem || source == .boughtTogether
    guard isList, models.next.isEmpty || models.together.isEmpty else { return weights[source] ?? 0 }
    return max(weights[.nextItem] ?? 0, weights[.boughtTogether] ?? 0)
  }

  func insert(_ db: GRDB.Database) throws {
    for (type, weight) in events {
      try db.execute(
        sql: "INSERT INTO event_weight VALUES (?, ?, ?)", arguments: [Int(type.rawValue), "\(type.name)", weight])
    }
    for (position, weight) in decay.enumerated() {
      try db.execute(sql: "INSERT INTO position_decay VALUES (?, ?)", arguments: [position, weight])
    }
    for (context, source, weight) in blend {
      try db.execute(
        sql: "INSERT INTO blend VALUES (?, ?, ?, ?)",
        arguments: [BlendRow.id(context, source), "\(context.name)", "\(source.name)", weight])
    }
  }
}
