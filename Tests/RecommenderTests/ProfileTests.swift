import Bytes
import Foundation
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

@Suite struct ProfileTests {
  private static let now: UInt32 = 1_702_000_000
  private typealias Done = (item: String, type: EventType, value: UInt16, secondsAgo: UInt32)

  /// A profile, copied out of its workspace and put in the shop's own words.
  private struct Derived {
    var categories: [(name: String, share: Double)] = []
    var brandShares: [Double] = []
    var cart: [UInt32] = []
    var purchases: [UInt32] = []
    var events: [EventType: UInt32] = [:]
    var idleSeconds: UInt32?
    var visits: UInt32 = 0
    var isReturning = false
    var price: UInt32?

    init(_ profile: borrowing Profile, _ base: BaseSnapshot) {
      for index in 0..<profile.interests.count {
        let interest = profile.interests[index]
        switch interest.key.kind {
        case .category:
          let name = base.categoryName(UInt16(interest.key.value)).array
          categories.append((String(decoding: name, as: UTF8.self), Double(interest.share)))
        case .brand: brandShares.append(Double(interest.share))
        default: break
        }
      }
      for index in 0..<profile.taken.count {
        let signal = profile.taken[index]
        if signal.type == .purchase { purchases.append(signal.item) } else { cart.append(signal.item) }
      }
      for type in EventType.allCases { events[type] = profile.events(type) }
      (idleSeconds, visits, isReturning) = (profile.idleSeconds, profile.visits, profile.isReturning)
      price = profile.price
    }
  }

  private func derive(_ signals: [Done]) throws -> Derived {
    let recommender = Recommender()
    for file in BuiltShop.planted.files { try recommender.open(file.kind, file.bytes.view) }
    guard let base = recommender.snapshots.base else { throw SnapshotError(.notNow) }
    var session = Session()
    for signal in signals {
      let item = signal.item.withView { base.name(ofID: $0) }
      recommender.record(
        Signal(item: item, type: signal.type, time: Self.now - signal.secondsAgo, value: signal.value), in: &session)
    }
    recommender.expire(&session, now: Self.now)
    var profile = Profile()
    profile.derive(session, now: Self.now, in: base)
    return Derived(profile, base)
  }

  private func names(_ ids: String...) -> [UInt32] { ids.map { $0.withView { hash32($0) } } }

  /// Weights of the default configuration, decayed by e^(-place / 3).
  @Test func interestsAreSharesOfWeight() throws {
    let profile = try derive([("0-0", .view, 0, 30), ("2-0", .addToCart, 0, 20), ("0-1", .view, 0, 10)])
    let weights = [1.0, 3 * exp(-1.0 / 3), exp(-2.0 / 3)]
    let total = weights.reduce(0, +)
    #expect(profile.categories.map(\.name) == [PlantedShop.categories[2], PlantedShop.categories[0]])
    let expected = [weights[1] / total, (weights[0] + weights[2]) / total]
    for (found, wanted) in zip(profile.categories, expected) { #expect(abs(found.share - wanted) < 1e-5) }
    #expect(abs(profile.brandShares.reduce(0, +) - 1) < 1e-5)
  }

  /// 0.5 a minute, at most four of them; a rating by its share of the scale; what was not measured as it is.
  @Test(
    arguments: [
      (.dwell, Dwell.value(seconds: 120, depth: 0), 1.0), (.dwell, Dwell.value(seconds: 500, depth: 0), 2),
      (.dwell, Dwell.value(seconds: 6, depth: 10), 0.05), (.dwell, Dwell.value(seconds: 6, depth: 100), 0.5),
      (.dwell, 0, 0.5), (.rate, 100, 3), (.rate, 20, 0.6), (.rate, 0, 3),
    ] as [(EventType, UInt16, Double)])
  func whatWasMeasuredCounts(type: EventType, value: UInt16, weight: Double) throws {
    let profile = try derive([("2-0", .view, 0, 20), ("0-0", type, value, 10)])
    let share = profile.categories.first { $0.name == PlantedShop.categories[0] }?.share ?? 0
    #expect(abs(share - weight / (weight + exp(-1.0 / 3))) < 1e-5)
  }

  @Test func cartAndPurchasesFollowTheNewestWord() throws {
    let profile = try derive([
      ("0-0", .addToCart, 0, 90), ("0-1", .addToCart, 0, 80), ("0-2", .addToCart, 0, 70),
      ("0-1", .removeFromCart, 0, 60), ("0-2", .purchase, 0, 50), ("0-2", .purchase, 0, 40),
      ("1-0", .addToCart, 0, 30), ("1-0", .view, 0, 20),
    ])
    #expect(profile.cart == names("1-0", "0-0") && profile.purchases == names("0-2"))
    #expect(profile.events[.addToCart] == 4 && profile.events[.purchase] == 2 && profile.events[.view] == 1)
    #expect(profile.idleSeconds == 20)
  }

  @Test func whoComesBackWithinADayReturns() throws {
    for (ages, visits) in [
      ([100], 1), ([5_000, 100], 2), ([1_000, 100], 1), ([86_400, 50_000, 100], 3), ([86_401, 100], 1), ([], 0),
    ] as [([UInt32], UInt32)] {
      let profile = try derive(ages.map { ("0-0", .view, 0, $0) })
      #expect(profile.visits == visits && profile.isReturning == (visits > 1), "\(ages)")
    }
  }

  @Test func pricesAreAveraged() throws {
    let profile = try derive([("0-0", .view, 0, 20), ("0-2", .view, 0, 10), ("new", .view, 0, 5)])
    #expect(profile.price == (PlantedShop.price(block: 0, place: 0) + PlantedShop.price(block: 0, place: 2) + 1) / 2)
    let empty = try derive([])
    #expect(empty.price == nil && empty.categories.isEmpty && empty.idleSeconds == nil)
  }
}
