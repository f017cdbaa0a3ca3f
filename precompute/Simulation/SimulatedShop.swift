import Foundation
import Models

/// A shop whose truth is known by construction: what follows what, which segment likes which departments, which region asks
/// for more of what. Everything about an item is a function of its number and the seed, so nothing is stored.
///
/// Items stand in the order of their overall popularity. Category c of n holds the items c, c + n, c + 2n, …: each category has
/// popular and rare items, and an item's rank within its own is `item / n`.
public struct SimulatedShop: Sendable, Equatable {
  public var seed: UInt64 = 1
  public var items = 20_000
  public var categories = 100
  public var regions = 12
  public var segments = 6
  public var brands = 200
  /// How often the next event of a visit is one of the planted successors of the item before.
  public var successorShare = 0.45
  /// How many times as often a region asks for its own categories.
  public var regionLift = 4.0
  /// The share of a visitor's own draws that fall on the segment's categories.
  public var segmentShare = 0.7

  public init() {}

  /// Successors of an item: the three that come after it in its category's hidden order, likeliest first.
  public static let successors = 3
  static let successorWeights = [0.6, 0.3, 0.1]
  static let itemExponent = 0.8

  public var departments: Int { max(1, categories / 10) }

  public func category(of item: Int) -> Int { item % categories }
  public func department(of category: Int) -> Int { category % departments }

  /// Items of a category.
  func size(of category: Int) -> Int { (items - category + categories - 1) / categories }

  func item(category: Int, rank: Int) -> Int { category + rank * categories }

  /// The `place`-th successor (from 0): the items that come some ranks after it in its category, round its end. They are about as
  /// popular as the item, so that following them leaves popularity as it is.
  public func successor(of item: Int, _ place: Int) -> Int {
    let category = category(of: item)
    let stride = 1 + Int(mixed(category, 1) % 5)
    return self.item(category: category, rank: (item / categories + stride + place) % size(of: category))
  }

  /// The categories that a segment's visitors look at: every `segments`-th.
  public func segment(of category: Int) -> Int { category % segments }

  /// The categories that a region asks for more: every `regions`-th.
  public func region(of category: Int) -> Int { category % regions }

  /// In cents, log-normal around its category's price.
  public func price(of item: Int) -> Int {
    var random = SplitMix(seed: seed, stream: ~item)
    let centre = 7 + Double(mixed(category(of: item), 2) % 1000) / 400
    return max(50, Int(exp(centre + 0.5 * random.normal())))
  }

  public func brand(of item: Int) -> Int { Int(mixed(item, 3) % UInt64(brands)) }

  public func id(of item: Int) -> String { "i\(item)" }
  public func categoryName(_ category: Int) -> String {
    "Department \(department(of: category)) > Category \(category)"
  }
  public func regionName(_ region: Int) -> String { "R\(region)" }

  private func mixed(_ number: Int, _ salt: UInt64) -> UInt64 {
    var random = SplitMix(seed: seed &* 31 &+ salt, stream: number)
    return random.next()
  }
}
