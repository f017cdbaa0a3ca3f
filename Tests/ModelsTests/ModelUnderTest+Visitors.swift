import Configuration
import EventLog
import Models
import Session

extension Fitted {
  /// Rankings: what is popular in each segment. Scores: the segment of each person, what tells a session's, and the lists'.
  init(segmentsOf shop: Shop) {
    var configuration = Configuration()
    configuration.segments.lists = true
    let parallelism = Parallelism(threads: shop.threads)
    let segments = Segments.fit(
      SegmentInput(
        table: shop.table, people: People(shop.table), catalogue: shop.catalogue,
        attributes: ItemAttributes(shop.catalogue, itemCount: shop.table.itemIDs.count),
        sessionsOfItem: SessionIndex(shop.table).sessionsOfItem(shop.table), weights: .standard,
        configuration: configuration, asOf: shop.table.times.max() ?? 0, parallelism: parallelism))
    guard let segments else {
      self.init(rankings: [], scores: [])
      return
    }
    let lists = segments.lists.sorted { $0.key < $1.key }.map(\.value)
    self.init(
      rankings: lists.map(\.items),
      scores: segments.segmentOfPerson.map(Float.init) + segments.segments.flatMap(\.evidence).map(Float.init)
        + lists.flatMap(\.scores))
  }

  /// Rankings: by scope of the region tree, the items that are asked for more there than elsewhere, most so first. Scores: all lifts.
  init(liftsOf shop: Shop) {
    let (people, parallelism) = (People(shop.table), Parallelism(threads: shop.threads))
    let itemCount = shop.table.itemIDs.count
    let regions = RegionTree(shop.table, people: people)
    let popularity = DecayedPopularity.fit(
      shop.table, people: people, regions: regions, catalogue: shop.catalogue,
      attributes: ItemAttributes(shop.catalogue, itemCount: itemCount), asOf: shop.table.times.max() ?? 0,
      parallelism: parallelism)
    let lifts = RegionLift(
      popularity, regions: regions, showable: shop.catalogue.showable(itemCount: itemCount), parallelism: parallelism)
    self.init(
      rankings: lifts.rows.map { row in
        row.filter { $0.lift > 1 }.sorted { ($1.lift, $0.item) < ($0.lift, $1.item) }.map(\.item)
      }, scores: lifts.rows.flatMap { $0.map(\.lift) })
  }

  /// Boosting ranks rows, so each session makes a group of its distinct items, of which the last one is right. A row tells how many
  /// events the item has and how many come after it in the session. Rankings: of each session's items. Scores: the trees' leaves.
  init(boosted shop: Shop) {
    let parallelism = Parallelism(threads: shop.threads)
    let sessions = SessionIndex(shop.table, parallelism: parallelism)
    var events = [Float](repeating: 0, count: shop.table.itemIDs.count)
    for item in shop.table.items { events[Int(item)] += 1 }
    var examples = RankingExamples(featureCount: 2)
    var groups: [[UInt32]] = []
    for session in 0..<sessions.count where !sessions[session].isEmpty {
      var after: [UInt32: Float] = [:]
      for (place, event) in sessions[session].reversed().enumerated() {
        let item = shop.table.items[Int(event)]
        if after[item] == nil { after[item] = Float(place) }
      }
      let items = after.keys.sorted()
      groups.append(items)
      examples.append(
        items.flatMap { [events[Int($0)], after[$0]!] }, weights: items.map { _ in 1 },
        target: items.firstIndex { after[$0] == 0 }!)
    }
    var parameters = GradientBoosting.Parameters()
    parameters.trees = 10
    let trees = GradientBoosting(examples, parameters: parameters, parallelism: parallelism).trees
    func score(_ row: Int) -> Float {
      trees.reduce(0) { sum, tree in
        func isRight(_ node: Int) -> Bool {
          examples.features[row * 2 + Int(tree.features[node])] > tree.thresholds[node]
        }
        return sum + tree.leaves[isRight(0) ? (isRight(2) ? 3 : 2) : (isRight(1) ? 1 : 0)]
      }
    }
    self.init(
      rankings: groups.enumerated().map { group, items in
        let ranked = items.enumerated().map { (item: $1, score: score(examples.offsets[group] + $0)) }
        return ranked.sorted { ($1.score, $0.item) < ($0.score, $1.item) }.map(\.item)
      }, scores: trees.flatMap { $0.leaves + $0.means })
  }
}
