import Foundation
import Simulation
import Testing

/// The truth that is planted has to be in the events.
@Suite struct SimulationTests {
  static let shop: SimulatedShop = {
    var shop = SimulatedShop()
    shop.items = 2_000
    shop.categories = 60
    return shop
  }()
  static let visits = SimulatedVisits(shop, events: 200_000, days: 30)
  static let events = visits.flatMap { $0 }
  private var shop: SimulatedShop { Self.shop }

  @Test func thereAreAsManyAsWereAskedFor() {
    #expect(Self.events.count == 200_000)
    let sessions = Set(Self.events.map(\.session))
    #expect(sessions.count > 25_000 && sessions.count < 60_000)
    #expect(Set(Self.events.map(\.kind)) == [.view, .add_to_cart, .purchase])
  }

  @Test func visitsStartInOrderAndSpreadOverTheDays() throws {
    let starts = Self.visits.compactMap { $0.first?.time }
    #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 })
    let days = Double(try #require(starts.last) - SimulatedVisits.firstTime) / 86_400
    #expect(days > 24 && days < 36)
  }

  @Test func theSameSeedGivesTheSameBytesAndAnotherDoesNot() {
    func bytes(seed: UInt64) -> Data {
      var shop = shop
      shop.seed = seed
      var all = Data()
      SimulatedTables(shop).writeEvents(SimulatedVisits(shop, events: 5_000, days: 3)) { all += $0 }
      SimulatedTables(shop).writeCatalogue { all += $0 }
      return all
    }
    #expect(bytes(seed: 7) == bytes(seed: 7))
    #expect(bytes(seed: 7) != bytes(seed: 8))
  }

  @Test func popularityFallsByAPowerOfTheRank() {
    var counts = [Int](repeating: 0, count: shop.items)
    for event in Self.events { counts[event.item] += 1 }
    let sorted = counts.sorted(by: >).map(Double.init)
    // Between the 10th and the 500th the slope of log count over log rank is the exponent's, roughly.
    let slope = (log(sorted[499]) - log(sorted[9])) / (log(500) - log(10))
    #expect(slope < -0.3 && slope > -1.2)
    #expect(sorted[0] > 10 * sorted[shop.items / 2])
  }

  @Test func successorsFollowAsOftenAsPlanted() {
    var (pairs, followed) = (0, 0)
    for visit in Self.visits {
      let views = visit.filter { $0.kind == .view }
      for (a, b) in zip(views, views.dropFirst()) {
        pairs += 1
        if (0..<SimulatedShop.successors).contains(where: { shop.successor(of: a.item, $0) == b.item }) {
          followed += 1
        }
      }
    }
    let share = Double(followed) / Double(pairs)
    #expect(abs(share - shop.successorShare) < 0.03)
  }

  @Test func segmentsLookAtTheirCategoriesAndRegionsAskForTheirs() {
    var (own, inRegion, firsts, outside) = (0, 0, 0, 0)
    for visit in Self.visits {
      guard let first = visit.first else { continue }
      firsts += 1
      let category = shop.category(of: first.item)
      if shop.segment(of: category) == Self.visits.segment(of: first.user) { own += 1 }
      if shop.region(of: category) == first.region { inRegion += 1 } else { outside += 1 }
    }
    #expect(Double(own) / Double(firsts) > 0.6)
    // One of twelve by chance, `regionLift` times as many as another region's.
    let lift = Double(inRegion) / (Double(outside) / Double(shop.regions - 1))
    #expect(lift > 2 && lift < 6)
  }
}
