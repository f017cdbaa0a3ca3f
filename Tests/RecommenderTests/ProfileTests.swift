import Bytes
import Foundation
import Recommender
import Session
import SnapshotFormat
import TestSupport
import Testing

@Suite struct ProfileTests {
  private static let now: UInt32 = 1_702_000_000

  private func profile(
    _ signals: [(item: String, type: EventType, value: UInt16, secondsAgo: UInt32)],
    _ check: (borrowing Profile, BaseSnapshot) -> Void
  ) throws {
    var recommender = Recommender()
    for file in BuiltShop.planted.files { try recommender.open(file.kind, file.bytes.view) }
    let base = try #require(recommender.snapshots.base)
    var session = Session()
    for signal in signals {
      recommender.record(
        Signal(
          item: signal.item.withView { base.name(ofID: $0) }, type: signal.type, time: Self.now - signal.secondsAgo,
          value: signal.value), in: &session)
    }
    recommender.expire(&session, now: Self.now)
    var profile = Profile()
    profile.derive(session, now: Self.now, in: base)
    check(profile, base)
  }

  private func interests(_ kind: AttributeKey.Kind, _ profile: borrowing Profile) -> [Profile.Interest] {
    profile.interests.indices.map { profile.interests[$0] }.filter { $0.key.kind == kind }
  }

  /// Weights of the default configuration, decayed by e^(-place / 3).
  @Test func interestsAreSharesOfWeight() throws {
    try profile([("0-0", .view, 0, 30), ("2-0", .addToCart, 0, 20), ("0-1", .view, 0, 10)]) { profile, base in
      let weights = [1.0, 3 * exp(-1.0 / 3), exp(-2.0 / 3)]
      let total = weights.reduce(0, +)
      let found = interests(.category, profile)
      let names = found.map { String(decoding: base.categoryName(UInt16($0.key.value)).array, as: UTF8.self) }
      #expect(names == [PlantedShop.categories[2], PlantedShop.categories[0]])
      let expected = [weights[1] / total, (weights[0] + weights[2]) / total]
      for (share, wanted) in zip(found.map(\.share), expected) { #expect(abs(Double(share) - wanted) < 1e-5) }
      #expect(interests(.brand, profile).map(\.share).reduce(0, +) > 0.999)
    }
  }

  /// 0.5 a minute, at most four of them; a rating by its share of the scale; what was not measured as it is.
  @Test(
    arguments: [
      (.dwell, Dwell.value(seconds: 120, depth: 0), 1.0), (.dwell, Dwell.value(seconds: 500, depth: 0), 2),
      (.dwell, Dwell.value(seconds: 6, depth: 10), 0.05), (.dwell, Dwell.value(seconds: 6, depth: 100), 0.5),
      (.dwell, 0, 0.5), (.rate, 100, 3), (.rate, 20, 0.6), (.rate, 0, 3),
    ] as [(EventType, UInt16, Double)])
  func whatWasMeasuredCounts(type: EventType, value: UInt16, weight: Double) throws {
    try profile([("2-0", .view, 0, 20), ("0-0", type, value, 10)]) { profile, _ in
      let share = interests(.category, profile).map(\.share)
      let expected = weight / (weight + exp(-1.0 / 3))
      #expect(share.contains { abs(Double($0) - expected) < 1e-5 }, "\(share) against \(expected)")
    }
  }

  @Test func cartAndPurchasesFollowTheNewestWord() throws {
    try profile([
      ("0-0", .addToCart, 0, 90), ("0-1", .addToCart, 0, 80), ("0-2", .addToCart, 0, 70),
      ("0-1", .removeFromCart, 0, 60),
      ("0-2", .purchase, 0, 50), ("0-2", .purchase, 0, 40), ("1-0", .addToCart, 0, 30), ("1-0", .view, 0, 20),
    ]) { profile, base in
      func names(_ type: EventType) -> [UInt32] {
        profile.taken.indices.map { profile.taken[$0] }.filter { $0.type == type }.map(\.item)
      }
      #expect(names(.addToCart) == ["1-0", "0-0"].map { $0.withView { base.name(ofID: $0) } })
      #expect(names(.purchase) == ["0-2"].map { $0.withView { base.name(ofID: $0) } })
      #expect(profile.events(.addToCart) == 4 && profile.events(.purchase) == 2 && profile.events(.view) == 1)
      #expect(profile.idleSeconds == 20)
    }
  }

  @Test func whoComesBackWithinADayReturns() throws {
    for (ages, visits) in [
      ([100], 1), ([5_000, 100], 2), ([1_000, 100], 1), ([86_400, 50_000, 100], 3), ([86_401, 100], 1), ([], 0),
    ] as [([UInt32], UInt32)] {
      try profile(ages.map { ("0-0", .view, 0, $0) }) { profile, _ in
        #expect(profile.visits == visits && profile.isReturning == (visits > 1), "\(ages)")
      }
    }
  }

  @Test func pricesAreAveraged() throws {
    try profile([("0-0", .view, 0, 20), ("0-2", .view, 0, 10), ("new", .view, 0, 5)]) { profile, _ in
      #expect(profile.price == (PlantedShop.price(block: 0, place: 0) + PlantedShop.price(block: 0, place: 2) + 1) / 2)
    }
    try profile([]) { profile, _ in
      #expect(profile.price == nil && profile.priceLevel == nil && profile.interests.isEmpty)
    }
  }
}
