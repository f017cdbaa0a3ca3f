import struct Configuration.Configuration
import struct Configuration.SourceSwitches
import Foundation
import GRDB
import Models
import Recommender
import Session
import SnapshotFormat

/// The numbers by which the scorer weighs signals and sources, as rows of small readable tables.
struct ScoringTables {
  let events: [(type: EventType, weight: Double)]
  /// By position: e^(−position / λ); 1 throughout for baskets where the configuration names no λ.
  let decay: [Double]
  let blend: [(context: Context, source: Source, weight: Double)]

  /// λ where the configuration names none.
  static let decayLength = 3.0

  /// What each source counts in each context where no ranker has been learned. Baskets speak in carts, sequences on
  /// product pages.
  ///
  /// Measured without a ranker on Serenade's toy sessions (three days held out in turn, current item excluded), HitRate@20 /
  /// MRR@20: .595/.285 with popularity at 1, two steps at 0.1 and repeats at 0.3, .615/.287 with popularity at 0.1, .617/.290
  /// with two steps at 0.4 too, .625/.327 with repeats at 0.7 too, .629/.335 as it stands. What is popular does best as a last
  /// resort.
  static let standardBlend: [Context: [Source: Double]] = [
    .homepage: sequences.merging([.category: 0.05]) { $1 },
    .product: sequences.merging([.category: 0.15]) { $1 },
    .cart: baskets,
    // More than all else together: a category page is about its category.
    .category: sequences.merging([.category: 5]) { $1 },
    .search: sequences.merging([.category: 0.1]) { $1 },
    .afterPurchase: baskets,
  ]
  private static let sequences: [Source: Double] = [
    .slist: 1, .nextItem: 0.6, .twoSteps: 0.6, .boughtTogether: 0.2, .repeats: 1, .factors: 0.3, .content: 0.3,
    .popularity: 0.1,
  ]
  private static let baskets: [Source: Double] = [
    .slist: 1, .nextItem: 0.2, .boughtTogether: 0.5, .factors: 0.3, .content: 0.6, .popularity: 0.1,
  ]

  init(_ models: TrainedModels, _ configuration: Configuration) {
    events = EventType.allCases.map { ($0, Double(configuration.weights[$0] ?? 0)) }
    let length = configuration.session.decay ?? (configuration.events.isOrdered ? ScoringTables.decayLength : nil)
    decay = (0...Session.signalsMax).map { position in length.map { exp(-Double(position) / $0) } ?? 1 }
    blend = Context.allCases.flatMap { context in
      Source.allCases.map { (context, $0, ScoringTables.weight(context, $0, configuration)) }
    }
  }

  private static func weight(_ context: Context, _ source: Source, _ configuration: Configuration) -> Double {
    configuration.sources.isOn(source) ? standardBlend[context]?[source] ?? 0 : 0
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

extension SourceSwitches {
  func isOn(_ source: Source) -> Bool {
    switch source {
    case .nextItem: nextItem
    case .twoSteps: twoSteps && nextItem
    case .slist: slist
    case .boughtTogether: boughtTogether
    case .repeats: repeats
    case .factors: factors
    case .content: content
    case .popularity: popularity
    case .category, .region: true
    }
  }
}
