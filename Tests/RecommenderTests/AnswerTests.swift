import Bytes
import Foundation
import Models
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

@Suite struct AnswerTests {
  let shop = BuiltShop.planted
  /// Sources that speak through an item of the session.
  static let fromSession: Set<Source> = [
    .slist, .nextItem, .twoSteps, .boughtTogether, .content, .factors, .repeats,
  ]

  @Test func noAnswerHoldsWhatItMustNot() throws {
    let recommender = try shop.recommender()
    let base = try recommender.requireBase()
    let hidden = Set(PlantedShop.never + PlantedShop.unavailable)
    let shown = Set((0..<base.shown).map { base.id($0).string })
    #expect(shown.isDisjoint(with: hidden) && shown.isSuperset(of: PlantedShop.catalogueOnly))
    let ids = shop.models.itemIDs
    var random = SeededGenerator(1)
    for _ in 0..<20_000 {
      let request = Request.random(ids, &random)
      let answer = request.answer(by: recommender)
      let refused = request.refused
      let found = answer.map(\.id)
      #expect(Set(found).count == found.count, "no duplicates")
      #expect(found.allSatisfy { shown.contains($0) && !refused.contains($0) })
      #expect(found.count == min(request.limit, shown.subtracting(refused).count), "all that may be shown")
      #expect(
        zip(answer, answer.dropFirst()).allSatisfy {
          $0.score > $1.score || ($0.score == $1.score && $0.item < $1.item)
        })
      let known = Set(request.session.map(\.item) + [request.current].compactMap { $0 })
      #expect(answer.allSatisfy { $0.score.isFinite && $0.score >= 0 })
      for item in answer {
        #expect((item.because != nil) == Self.fromSession.contains(item.source))
        if item.source == .repeats { #expect(item.because == item.id) }
        if let because = item.because { #expect(known.contains(because)) }
      }
    }
  }

  @Test func onlyTheSnapshotAndTheRequestDecide() throws {
    let reused = try shop.recommender()
    let ids = shop.models.itemIDs
    var random = SeededGenerator(2)
    for _ in 0..<300 {
      let request = Request.random(ids, &random)
      let fresh = try shop.recommender()
      let first = request.answer(by: fresh)
      let work = fresh.work
      for _ in 0..<2 {
        #expect(request.answer(by: reused) == first)
        let again = reused.work
        #expect(again == work)
      }
    }
  }

  @Test func whatFollowedInOtherSessionsComesFirst() throws {
    let recommender = try shop.recommender()
    for (block, items) in PlantedShop.blocks.enumerated() where block != 0 {
      let answer = Request(context: .product, limit: 5, current: items[1], region: "north").answer(by: recommender)
      #expect(answer.prefix(3).allSatisfy { items.contains($0.id) }, "block \(block): \(answer.map(\.id))")
      #expect(answer[0].source != .popularity && answer[0].because == items[1])
    }
    let cart = Request(context: .cart, limit: 3, session: [("2-0", .view), ("2-0", .addToCart)]).answer(
      by: recommender)
    #expect(cart[0].id == "2-1" && [.boughtTogether, .slist].contains(cart[0].source) && cart[0].because == "2-0")
  }

  @Test func unknownItemsSayNothing() throws {
    let recommender = try shop.recommender()
    var request = Request(limit: 20, session: [("1-1", .view), ("1-2", .view)])
    let expected = request.answer(by: recommender)
    request.session = [("?", .purchase), ("1-1", .view), ("??", .view), ("1-2", .view), ("", .view)]
    #expect(request.answer(by: recommender) == expected)
    #expect(Request(session: [("?", .view)]).answer(by: recommender) == Request().answer(by: recommender))
  }

  @Test func hiddenItemsStillSpeakForOthers() throws {
    let recommender = try shop.recommender()
    let answer = Request(context: .product, limit: 3, current: "2-11").answer(by: recommender)
    #expect(answer.allSatisfy { PlantedShop.blocks[2].contains($0.id) })
  }

  @Test func takenBackItemsMayComeAgain() throws {
    let recommender = try shop.recommender()
    var request = Request(limit: 60, session: [("0-0", .addToCart)])
    #expect(!request.answer(by: recommender).map(\.id).contains("0-0"))
    request.session.append(("0-0", .removeFromCart))
    #expect(request.answer(by: recommender).map(\.id).contains("0-0"))
    request.session.append(("0-0", .purchase))
    #expect(!request.answer(by: recommender).map(\.id).contains("0-0"))
  }

  @Test func withoutABaseThereIsNoAnswer() {
    let recommender = Recommender()
    #expect(Request().answer(by: recommender).isEmpty)
  }

  @Test func aShopWithOneItemAnswersWithIt() throws {
    var shop = PlantedShop()
    shop.catalogue = ""
    shop.events =
      "{\"session_id\":\"s\",\"item_id\":\"one\",\"time\":1700000000}\n{\"session_id\":\"s\",\"item_id\":\"postage\",\"time\":1700000000}\n"
    shop.configuration.models.factors.dimensions = 0
    let built = try BuiltShop(shop)
    let recommender = try built.recommender()
    #expect(Request(limit: 100).answer(by: recommender).map(\.id) == ["one"])
    #expect(Request(session: [("postage", .purchase)]).answer(by: recommender).map(\.id) == ["one"])
    #expect(Request(excluded: ["one"]).answer(by: recommender).isEmpty)
    #expect(Request(current: "one").answer(by: recommender).isEmpty)
  }

  /// More items than a request can exclude: something is always left.
  @Test func exclusionsNeverEmptyALargerShop() throws {
    var shop = PlantedShop()
    for number in 0..<300 { shop.catalogue += "{\"item_id\":\"x\(number)\",\"category\":\"Toys\"}\n" }
    let built = try BuiltShop(shop)
    let recommender = try built.recommender()
    let base = try recommender.requireBase()
    let order = (0..<base.shown).map { base.id($0).string }
    for context in Context.allCases {
      for region in ["", "north"] {
        let request = Request(
          context: context, limit: 20, category: "Toys", region: region,
          excluded: Array(order.prefix(Query.excludedMax)),
          session: order.suffix(20).map { ($0, .purchase) })
        let answer = request.answer(by: recommender)
        #expect(answer.count == 20 && Set(answer.map(\.id)).isDisjoint(with: request.refused))
      }
    }
  }

  /// The reason of an answer from lists is the session's item whose list gives it the largest part, worked out here from the
  /// models' lists in Double. Where quantisation could turn the balance nothing is claimed.
  @Test func theReasonIsTheItemThatSpokeMost() throws {
    let recommender = try shop.recommender()
    let models = shop.models
    let index = Dictionary(uniqueKeysWithValues: zip(models.itemIDs, 0...))
    let weights = shop.weights
    var random = SeededGenerator(3)
    var checked = 0
    for _ in 0..<3_000 {
      var request = Request.random(models.itemIDs, &random)
      request.current = nil
      let interests = Self.interests(request.session, index, weights)
      for item in request.answer(by: recommender) {
        let lists: ItemLists
        switch item.source {
        case .nextItem: lists = models.next
        case .boughtTogether: lists = models.together
        case .slist: lists = models.slist
        case .content: lists = models.content
        default: continue
        }
        let target = UInt32(index[item.id]!)
        let parts = interests.map { interest -> (id: String, part: Double) in
          let row = lists.row(index[interest.id]!)
          let score = row.first { lists.items[$0] == target }.map { Double(lists.scores[$0]) } ?? 0
          return (interest.id, interest.weight * score)
        }.sorted { $0.part > $1.part }
        #expect(parts[0].part > 0, "some list names it")
        guard parts.count == 1 || parts[0].part > parts[1].part * 1.2 else { continue }
        // Small entries are rounded by up to half of 1/255 of their list's largest.
        let row = lists.row(index[parts[0].id]!)
        guard let best = row.first, lists.scores[best] * 0.1 < Float(parts[0].part) else { continue }
        let second = parts.count > 1 ? parts[1] : parts[0]
        guard second.id == parts[0].id || second.part < parts[0].part * 0.5 else { continue }
        checked += 1
        #expect(item.because == parts[0].id)
      }
    }
    #expect(checked > 1_000)
  }

  /// Distinct known items, newest first: the largest event weight, decayed by the item's place.
  static func interests(
    _ session: [(item: String, type: EventType)], _ index: [String: Int], _ weights: [EventType: Double]
  ) -> [(id: String, weight: Double)] {
    var interests: [(id: String, weight: Double)] = []
    for event in session.suffix(Session.signalsMax).reversed() where index[event.item] != nil {
      let place = interests.firstIndex { $0.id == event.item } ?? interests.count
      if place == interests.count { interests.append((event.item, 0)) }
      interests[place].weight = max(interests[place].weight, weights[event.type, default: 0] * exp(-Double(place) / 3))
    }
    return interests.filter { $0.weight > 0 }
  }
}
