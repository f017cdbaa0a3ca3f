import Foundation
import Models

/// One event of a simulated visit.
public struct SimulatedEvent: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case view, add_to_cart, purchase
  }

  public let session: Int
  public let user: Int
  public let item: Int
  public let kind: Kind
  /// Seconds since 1970.
  public let time: Int
  public let region: Int
}

/// The visits to a shop, one after the other in order of their start: nothing is held but the visit at hand.
public struct SimulatedVisits: Sequence, IteratorProtocol, Sendable {
  /// 2025-01-01.
  public static let firstTime = 1_735_689_600

  let shop: SimulatedShop
  private let users: Int
  private let pause: Double
  private let people: PowerLaw
  private let regions: PowerLaw
  private let ranks: [PowerLaw]
  private let categories: PowerLaw
  private var left: Int
  private var session = 0
  private var time = Double(SimulatedVisits.firstTime)

  /// - Parameters:
  ///   - events: how many in all.
  ///   - days: over which they are spread.
  public init(_ shop: SimulatedShop, events: Int, days: Int) {
    self.shop = shop
    left = events
    users = Swift.max(1, events / 12)
    people = PowerLaw(count: users, exponent: 0.6, offset: 10)
    regions = PowerLaw(count: shop.regions, exponent: 1.2)
    categories = PowerLaw(count: shop.categories, exponent: 0.7, offset: 3)
    ranks = (0..<shop.categories).map {
      PowerLaw(count: shop.size(of: $0), exponent: SimulatedShop.itemExponent, offset: 2)
    }
    pause = Double(days) * 86_400 / (Double(Swift.max(events, 1)) / SimulatedVisits.meanLength)
  }

  private static let meanLength = 5.6
  private static let lengthMax = 100

  /// A person's segment and region never change.
  public func segment(of user: Int) -> Int {
    var random = SplitMix(seed: shop.seed &+ 17, stream: user)
    return random.next(below: shop.segments)
  }

  public func region(of user: Int) -> Int {
    var random = SplitMix(seed: shop.seed &+ 19, stream: user)
    return regions.draw(&random)
  }

  public mutating func next() -> [SimulatedEvent]? {
    guard left > 0 else { return nil }
    var random = SplitMix(seed: shop.seed &+ 23, stream: session)
    time += random.exponential(mean: pause)
    let visit = events(&random)
    left -= visit.count
    session += 1
    return visit
  }

  /// Lengths follow a power law: P(n) falls as n^−2.2, as in the sessions of public click logs.
  private func length(_ random: inout SplitMix) -> Int {
    let length = Int(2 * pow(1 - random.unit(), -1 / 1.2))
    return Swift.min(left, SimulatedVisits.lengthMax, length)
  }

  private func events(_ random: inout SplitMix) -> [SimulatedEvent] {
    let user = people.draw(&random)
    let (segment, region) = (segment(of: user), region(of: user))
    let count = length(&random)
    var visit: [SimulatedEvent] = []
    visit.reserveCapacity(count)
    var now = time
    var item: Int?
    var cart: [Int] = []
    func note(_ item: Int, _ kind: SimulatedEvent.Kind) {
      visit.append(
        SimulatedEvent(session: session, user: user, item: item, kind: kind, time: Int(now), region: region))
    }
    while visit.count < count {
      let seen = item.map { next(after: $0, &random) } ?? nil
      let viewed = seen ?? draw(segment, region, &random)
      item = viewed
      note(viewed, .view)
      now += Swift.min(600, random.exponential(mean: 45))
      if visit.count < count, random.chance(0.12) {
        note(viewed, .add_to_cart)
        cart.append(viewed)
      }
    }
    // The last events of a visit are what it bought.
    if !cart.isEmpty, random.chance(0.4) {
      let bought = cart.suffix(Swift.min(cart.count, visit.count / 3))
      visit.removeLast(bought.count)
      for item in bought { note(item, .purchase) }
    }
    return visit
  }

  private func next(after item: Int, _ random: inout SplitMix) -> Int? {
    guard random.chance(shop.successorShare) else { return nil }
    var rest = random.unit()
    for (place, weight) in SimulatedShop.successorWeights.enumerated() {
      rest -= weight
      if rest < 0 { return shop.successor(of: item, place) }
    }
    return shop.successor(of: item, SimulatedShop.successors - 1)
  }

  /// What a visitor looks for unled: mostly in the segment's categories, more often in the region's.
  private func draw(_ segment: Int, _ region: Int, _ random: inout SplitMix) -> Int {
    while true {
      var category = categories.draw(&random)
      if random.chance(shop.segmentShare) {
        category = category / shop.segments * shop.segments + segment
        if category >= shop.categories { continue }
      }
      // Rejection: other regions' categories pass less often, by the lift.
      guard shop.region(of: category) == region || random.chance(1 / shop.regionLift) else { continue }
      return shop.item(category: category, rank: ranks[category].draw(&random))
    }
  }
}
