import EventLog
import Models
import Session
import Testing

@Suite struct RegionLiftTests {
  private struct Shop {
    var table: EventTable
    var showable: [Bool]
    var groups: [String: String] = [:]

    var people: People { People(table) }
    var tree: RegionTree {
      var parameters = RegionTree.Parameters()
      parameters.minimumPeople = 1
      parameters.groups = groups
      return RegionTree(table, people: people, parameters: parameters)
    }

    func fit(_ parameters: RegionLift.Parameters = RegionLift.Parameters(), threads: Int = 2) -> RegionLift {
      let catalogue = Catalogue(items: showable.count, never: showable.indices.filter { !showable[$0] })
      let popularity = DecayedPopularity.fit(
        table, people: people, regions: tree, catalogue: catalogue,
        attributes: ItemAttributes(catalogue, itemCount: showable.count), asOf: 100_000)
      return RegionLift(
        popularity, regions: tree, showable: showable, parameters: parameters,
        parallelism: Parallelism(threads: threads))
    }

    func lifts(_ region: UInt16, _ parameters: RegionLift.Parameters = RegionLift.Parameters()) -> [Int: Float] {
      let row = fit(parameters).rows[tree.scope(ofRegion: region)]
      return Dictionary(uniqueKeysWithValues: row.map { (Int($0.item), $0.lift) })
    }
  }

  /// The lift of every item in one scope, from the definition.
  private func oracle(_ shop: Shop, scope: Int, _ parameters: RegionLift.Parameters) -> [Double] {
    guard scope != RegionTree.world else { return shop.showable.map { _ in 1 } }
    let (table, tree, people) = (shop.table, shop.tree, shop.people)
    func isInside(_ event: Int, _ scope: Int) -> Bool {
      var at = tree.scope(ofRegion: table.regions[event])
      while at != scope && at != RegionTree.world { at = tree.scopes[at].parent }
      return at == scope
    }
    func counts(_ scope: Int) -> [Double] {
      shop.showable.indices.map { item in
        guard shop.showable[item] else { return 0 }
        return Double(
          Set(
            (0..<table.count).filter {
              Int(table.items[$0]) == item && EventWeights.standard[table.types[$0]] > 0 && isInside($0, scope)
            }.map { people.ofEvent[$0] }
          ).count)
      }
    }
    let (own, world) = (counts(scope), counts(RegionTree.world))
    let parent = oracle(shop, scope: tree.scopes[scope].parent, parameters)
    return own.indices.map { item in
      guard own[item] >= Double(parameters.minimumPeople) else { return parent[item] }
      let expected = own.reduce(0, +) * world[item] / world.reduce(0, +)
      return (own[item] + parameters.shrinkage * parent[item]) / (expected + parameters.shrinkage)
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func equalsTheFormula(seed: UInt64) {
    var shop = Shop(
      table: randomTable(seed: seed, events: 1500, items: 20, sessions: 90, users: 30),
      showable: (0..<20).map { $0 != 3 })
    shop.groups = ["r0": "g", "r1": "g"]
    var parameters = RegionLift.Parameters()
    (parameters.shrinkage, parameters.minimumPeople, parameters.clear) = (3, UInt32(2 * seed), 1.02)
    let fitted = shop.fit(parameters)
    #expect(fitted.rows == shop.fit(parameters, threads: 5).rows)
    #expect(fitted.rows.count == 6 && fitted.rows[RegionTree.world].isEmpty)
    var kept = 0
    for (scope, row) in fitted.rows.enumerated() {
      let expected = oracle(shop, scope: scope, parameters)
      let lifts = Dictionary(uniqueKeysWithValues: row.map { (Int($0.item), Double($0.lift)) })
      for (item, lift) in expected.enumerated() where shop.showable[item] {
        let isClear = lift >= 1.02 || lift <= 1 / 1.02
        if let found = lifts[item] {
          #expect(abs(found - lift) < 1e-5)
        } else {
          #expect(!isClear || abs(lift - 1) < 0.0201)
        }
      }
      #expect(lifts[3] == nil)
      kept += row.count
    }
    #expect(kept > 20)
  }

  /// Two regions of as many people, who share item 0; r0 alone likes item 1, r1 alone item 2.
  private func twoTastes(fans: Int = 200, evidence: Int = 0) -> Shop {
    var builder = TableBuilder(items: 4, sessions: 2 * fans + 1, regions: ["r0", "r1"])
    for session in 0..<2 * fans {
      let region = session % 2
      builder.add(item: 0, session: session, region: region, at: 1000)
      builder.add(item: 1 + region, session: session, region: region, at: 1000)
      // Item 3: everybody in r1, and the first `evidence` people of r0, a hundred times each.
      if region == 1 { builder.add(item: 3, session: session, region: 1, at: 1000) }
      if region == 0, session / 2 < evidence {
        for _ in 0..<100 { builder.add(item: 3, session: session, region: 0, .purchase, at: 1000) }
      }
    }
    return Shop(table: builder.table, showable: [true, true, true, true])
  }

  @Test func eachRegionHasItsTaste() {
    let shop = twoTastes()
    let (first, second) = (shop.lifts(0), shop.lifts(1))
    // r0 holds 400 of 1000 pairs: 200 people where 80 were expected, and 10 more on both sides.
    #expect(abs(first[1]! - 210 / 90) < 1e-5 && first[2] == nil)
    #expect(abs(second[2]! - 210 / 130) < 1e-5 && second[1] == nil)
    // What both like says nothing of either: 210 / 170 and 210 / 250.
    #expect(first[0] == nil && second[0] == nil)
  }

  /// Four people's evidence must not show, however often they bought; five people's does.
  @Test func whatTooFewDidDoesNotShow() {
    let nobody = twoTastes(evidence: 0).lifts(0)
    #expect(twoTastes(evidence: 4).lifts(0)[3] == nil && nobody[3] == nil)
    let five = twoTastes(evidence: 5).lifts(0)
    #expect(five[3]! < 0.3)
    var parameters = RegionLift.Parameters()
    parameters.minimumPeople = 4
    #expect(twoTastes(evidence: 4).lifts(0, parameters)[3] != nil)
  }

  @Test func thinEvidenceIsShrunk() {
    #expect(abs(twoTastes(fans: 6).lifts(0)[1]! - 1) < abs(twoTastes(fans: 60).lifts(0)[1]! - 1))
  }

  /// A region with too little of its own says what its group says.
  @Test func aGroupSpeaksForItsRegions() {
    var builder = TableBuilder(items: 3, sessions: 130, regions: ["r0", "r1", "r2"])
    for session in 0..<130 {
      let region = session < 60 ? 0 : session < 120 ? 2 : 1
      builder.add(item: 0, session: session, region: region, at: 1000)
      if region != 1 { builder.add(item: region == 0 ? 1 : 2, session: session, region: region, at: 1000) }
    }
    var shop = Shop(table: builder.table, showable: [true, true, true])
    shop.groups = ["r0": "g", "r1": "g"]
    let group = shop.fit().rows[shop.tree.scopes.firstIndex { $0.name == "g" }!]
    let lift = group.first { $0.item == 1 }!.lift
    #expect(lift > 1.4 && shop.lifts(1)[1] == lift)
  }
}
