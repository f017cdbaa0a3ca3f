import Configuration
import EventLog
import Foundation
import SnapshotFormat

/// Visitors divided by behaviour, and what a scorer needs to tell a session's segment.
public struct Segments: Sendable {
  public struct Segment: Sendable, Equatable {
    /// Short, and the same in later builds as long as the segment's strongest features are.
    public let code: String
    /// Its strongest features in words.
    public let name: String
    /// People of the clustering; those of too little evidence are in no segment.
    public let people: Int
    /// As `SegmentEvidence` encodes it.
    public let evidence: [UInt8]
  }

  /// Most people first.
  public let segments: [Segment]
  /// By topic.
  public let topics: [String]
  /// By item: topic, price level and novelty at the moment that the models are of.
  public let behaviourOfItem: [ItemBehaviour]
  /// How far ahead of the second a session's segment has to be, in units of `SegmentEvidence`.
  public let margin: Int
  /// By segment, for those from whose people enough is known: what is popular there. Empty where lists are not asked for.
  public let lists: [Int: DecayedPopularity.TopList]
  /// By person of `People`: the segment; `UInt16.max` for none.
  package let segmentOfPerson: [UInt16]

  /// The least items from which a person takes part in the clustering.
  static let minimumItems = 2
  /// The number of clusters is chosen on so many people.
  static let sampleMax = 20_000
  static let restarts = 4
}

/// What segments are made from.
package struct SegmentInput {
  let table: EventTable
  let people: People
  let catalogue: Catalogue
  let attributes: ItemAttributes
  let sessionsOfItem: [UInt32]
  let weights: EventWeights
  let configuration: Configuration
  let asOf: UInt32
  let parallelism: Parallelism

  package init(
    table: EventTable, people: People, catalogue: Catalogue, attributes: ItemAttributes, sessionsOfItem: [UInt32],
    weights: EventWeights, configuration: Configuration, asOf: UInt32, parallelism: Parallelism
  ) {
    (self.table, self.people, self.catalogue, self.attributes) = (table, people, catalogue, attributes)
    (self.sessionsOfItem, self.weights, self.configuration) = (sessionsOfItem, weights, configuration)
    (self.asOf, self.parallelism) = (asOf, parallelism)
  }
}

extension Segments {
  /// Nil where visitors cannot be told apart: without categories, without enough people, or with one kind of behaviour.
  package static func fit(_ input: SegmentInput) -> Segments? {
    let parameters = input.configuration.segments
    let topics = ItemTopics(input.attributes, interest: input.sessionsOfItem, limit: parameters.topics)
    guard topics.names.count > 1, parameters.maximum > 1 else { return nil }
    let items = BehaviourOfItems(
      input.table, input.catalogue, input.attributes, topics: topics,
      window: input.configuration.windows.trendingSeconds)
    let visitors = VisitorBehaviour(
      input.table, people: input.people, weights: input.weights, items: items, parallelism: input.parallelism)
    guard
      let clusters = BehaviourClusters(
        visitors, topics: topics.names.count, parameters, seed: input.configuration.seed, input.parallelism)
    else { return nil }
    let margin = Int((log(parameters.odds) * Double(SegmentEvidence.unit)).rounded())
    let evidence = clusters.evidence()
    let descriptions = SegmentDescription.all(clusters, visitors, topics: topics.names, asOf: input.asOf)
    let ofVisitor = assign(visitors, evidence, topics: topics.names.count, margin: margin, input.parallelism)
    var ofPerson = [UInt16](repeating: .max, count: input.people.bound)
    for (visitor, segment) in ofVisitor.enumerated() { ofPerson[Int(visitors.persons[visitor])] = segment }
    return Segments(
      segments: zip(zip(descriptions, clusters.clustering.counts), evidence).map {
        Segment(code: $0.0.code, name: $0.0.name, people: $0.1, evidence: $1)
      },
      topics: topics.names,
      behaviourOfItem: input.table.itemIDs.indices.map { items.behaviour(of: $0, at: input.asOf) }, margin: margin,
      lists: parameters.lists ? popular(input, ofPerson, count: evidence.count) : [:],
      segmentOfPerson: ofPerson)
  }

  /// The segment of each visitor, by the very rule by which the scorer judges a session.
  private static func assign(
    _ visitors: VisitorBehaviour, _ evidence: [[UInt8]], topics: Int, margin: Int, _ parallelism: Parallelism
  ) -> [UInt16] {
    let all = evidence.flatMap { $0 }
    let width = SegmentEvidence.width(topics: topics)
    return all.withUnsafeBytes { bytes in
      let rows = evidence.indices.map {
        SegmentEvidence(.init(base: bytes.baseAddress! + $0 * width, count: width), topics: topics)!
      }
      return parallelism.mapChunks(of: visitors.count, size: 2048, scratch: {}) { _, part in
        part.map { visitor in
          let values = rows.map { row in
            visitors.topics(of: visitor).reduce(row.value(visitors.totals[visitor])) {
              $0 + $1.count * row.topic($1.topic)
            }
          }
          return leader(values, margin: margin).map(UInt16.init) ?? .max
        }
      }.flatMap { $0 }
    }
  }

  /// The place of the largest value, if it is at least `margin` ahead of all others.
  static func leader(_ values: [Int], margin: Int) -> Int? {
    let order = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    return values[order[0]] - values[order[1]] >= margin ? order[0] : nil
  }

  private static func popular(
    _ input: SegmentInput, _ segmentOfPerson: [UInt16], count: Int
  ) -> [Int: DecayedPopularity.TopList] {
    SegmentPopularity(
      input.table, people: input.people, catalogue: input.catalogue, weights: input.weights,
      configuration: input.configuration, asOf: input.asOf, parallelism: input.parallelism
    ).lists(segmentOfPerson, count: count)
  }
}
