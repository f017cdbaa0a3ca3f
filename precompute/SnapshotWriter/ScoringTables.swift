import Configuration
import Foundation
import GRDB
import Models
import Recommender
import Session
import SnapshotFormat

/// The numbers by which the scorer weighs signals and sources, as small readable tables.
enum ScoringTables {
  /// The decay by position, e^(−p / λ): λ of 3 keeps the newest item at three times the weight of the fourth.
  static let decayLength = 3.0
  /// A day: a visitor who comes back within it finds the session as it was.
  static let sessionWindow = 86_400

  /// What each source counts in each context before it is learned. Baskets speak in carts, sequences on product pages.
  static let blend: [Context: [Source: Double]] = [
    .homepage: [.nextItem: 1, .boughtTogether: 0.3, .factors: 0.4, .popularity: 1, .category: 0.05],
    .product: [.nextItem: 1, .boughtTogether: 0.4, .factors: 0.3, .popularity: 1, .category: 0.15],
    .cart: [.nextItem: 0.6, .boughtTogether: 1, .factors: 0.3, .popularity: 1, .category: 0],
    .category: [.nextItem: 0.7, .boughtTogether: 0.2, .factors: 0.3, .popularity: 1, .category: 2],
    .search: [.nextItem: 1, .boughtTogether: 0.3, .factors: 0.4, .popularity: 1, .category: 0.1],
    .afterPurchase: [.nextItem: 0.5, .boughtTogether: 1, .factors: 0.4, .popularity: 1, .category: 0],
  ]

  /// The weights of a snapshot. Where there are lists of one kind only, they speak for the other too.
  static func weight(_ context: Context, _ source: Source, _ models: TrainedModels) -> Double {
    let weights = blend[context] ?? [:]
    let isList = source == .nextItem || source == .boughtTogether
    guard isList, models.next.isEmpty || models.together.isEmpty else { return weights[source] ?? 0 }
    return max(weights[.nextItem] ?? 0, weights[.boughtTogether] ?? 0)
  }

  static func insert(_ weights: [EventType: Float], _ models: TrainedModels, _ db: GRDB.Database) throws {
    for type in EventType.allCases {
      try db.execute(
        sql: "INSERT INTO event_weight VALUES (?, ?, ?)",
        arguments: [Int(type.rawValue), "\(type.name)", Double(weights[type] ?? 0)])
    }
    for position in 0...Session.signalsMax {
      try db.execute(
        sql: "INSERT INTO position_decay VALUES (?, ?)", arguments: [position, exp(-Double(position) / decayLength)])
    }
    for context in Context.allCases {
      for source in Source.allCases {
        try db.execute(
          sql: "INSERT INTO blend VALUES (?, ?, ?, ?)",
          arguments: [
            BlendRow.id(context, source), "\(context.name)", "\(source.name)", weight(context, source, models),
          ])
      }
    }
  }
}
