import Bytes
import SnapshotFormat

/// What the ranker knows of each candidate on the shortlist: a row of `Feature.count` numbers. They are stored by feature, so that a
/// tree's question is asked of several rows at once.
struct FeatureTable: ~Copyable {
  static let rowsMax = TopSelection.capacity
  /// Session items whose attributes are compared with a candidate's.
  private static let profileMax = 8

  private var values = FixedArray<Float>(repeating: 0, count: FeatureTable.rowsMax * Feature.count)

  /// One candidate's features.
  struct Row {
    fileprivate let start: UnsafeMutablePointer<Float>

    subscript(_ feature: Int) -> Float {
      get { start[feature &* FeatureTable.rowsMax] }
      nonmutating set { start[feature &* FeatureTable.rowsMax] = newValue }
    }
  }

  private var order = FixedArray<UInt8>(capacity: FeatureTable.rowsMax)
  private var profile = FixedArray<Traits>(capacity: FeatureTable.profileMax)

  /// The attributes of an item.
  private struct Traits: BitwiseCopyable {
    let category: UInt16
    let brand: UInt16
    let price: UInt32
    let weight: Float

    init(_ item: UInt32, weight: Float, _ base: BaseSnapshot) {
      category = base.column(.category).u16(item)
      brand = base.column(.brand).u16(item)
      price = base.column(.price).u32(item)
      self.weight = weight
    }
  }

  /// Checked once, not at each of a row's features.
  func row(_ index: Int) -> Row {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: FeatureTable.rowsMax))
    return Row(start: UnsafeMutablePointer(mutating: values.pointer) + index)
  }

  /// What all rows have for `feature`, one after the other.
  func column(_ feature: Int) -> UnsafePointer<Float> {
    precondition(UInt(bitPattern: feature) < UInt(bitPattern: Feature.count))
    return values.pointer + feature &* FeatureTable.rowsMax
  }

  /// Whether category, brand or price of the candidate in `row` are the session's in any way.
  func matches(_ row: Int) -> Bool {
    let row = self.row(row)
    for feature in Feature.newestCategory...Feature.priceMatch where row[feature] > 0 { return true }
    return false
  }

  /// Fills a row for each place of `shortlist`.
  @_optimize(speed)
  mutating func fill(
    _ shortlist: borrowing TopSelection, _ set: CandidateSet, _ interests: borrowing Interests,
    _ base: BaseSnapshot, _ region: RegionSnapshot?
  ) {
    let count = shortlist.places.count
    profile.removeAll()
    for place in interests.items.indices where !profile.isFull {
      let interest = interests.items[place]
      if interest.weight > 0 { profile.append(Traits(interest.item, weight: interest.weight, base)) }
    }
    let newestConfidence = interests.newest.map { Float(base.column(.confidence).u8($0.item)) } ?? 0
    let repeats = Float(interests.events) / Float(max(1, interests.items.count))
    for index in Indices(count) {
      let place = Int(shortlist.places[index])
      let candidate = set[place]
      let row = row(index)
      for kind in Evidence.allCases { setEvidence(set[place, kind], kind, row, interests) }
      row[Feature.factors] = candidate.factors
      row[Feature.popularity] = candidate.popularity
      row[Feature.traffic] = Float(candidate.item)
      row[Feature.confidence] = Float(base.column(.confidence).u8(candidate.item))
      let isRepeated = candidate.repeats != Candidate.isNew
      row[Feature.repeatPlace] =
        isRepeated ? Float(interests.items[Int(candidate.repeats)].back) : Feature.notRepeated
      row[Feature.repeatEvents] = isRepeated ? Float(interests.items[Int(candidate.repeats)].events) : 0
      setTraits(Traits(candidate.item, weight: 0, base), row)
      row[Feature.regionLift] = region?.lift(of: candidate.item) ?? 1
      row[Feature.sessionItems] = Float(interests.items.count)
      row[Feature.sessionRepeats] = repeats
      row[Feature.newestConfidence] = newestConfidence
    }
    for kind in Evidence.allCases {
      rank(
        by: Feature.evidence(kind, .strength), share: Feature.evidence(kind, .share),
        rank: Feature.evidence(kind, .rank), count)
    }
    rank(by: Feature.factors, share: Feature.factorsShare, rank: Feature.factorsRank, count)
  }

  private func setEvidence(
    _ evidence: ListEvidence, _ kind: Evidence, _ row: Row, _ interests: borrowing Interests
  ) {
    let strength = evidence.sum / interests.weight
    row[Feature.evidence(kind, .strength)] = FeatureTable.finite(strength)
    row[Feature.evidence(kind, .newest)] = FeatureTable.finite(evidence.newest)
    row[Feature.evidence(kind, .largest)] = FeatureTable.finite(evidence.largest)
    row[Feature.evidence(kind, .support)] = Float(evidence.count) / Float(max(1, interests.items.count))
  }

  /// Weights of a hostile snapshot may overflow; and a session may weigh nothing.
  private static func finite(_ value: Float) -> Float { value.isFinite ? value : 0 }

  private func setTraits(_ traits: Traits, _ row: Row) {
    var (category, brand, weight) = (0 as Float, 0 as Float, 0 as Float)
    for place in profile.indices {
      let other = profile[place]
      weight = weight + other.weight
      if other.category == traits.category { category = category + other.weight }
      if other.brand == traits.brand { brand = brand + other.weight }
    }
    let knowsCategory = traits.category != unknownAttribute && weight > 0
    let knowsBrand = traits.brand != unknownAttribute && weight > 0
    row[Feature.categoryShare] = knowsCategory ? category / weight : -1
    row[Feature.brandShare] = knowsBrand ? brand / weight : -1
    row[Feature.newestCategory] = knowsCategory ? profile[0].category == traits.category ? 1 : 0 : -1
    row[Feature.newestBrand] = knowsBrand ? profile[0].brand == traits.brand ? 1 : 0 : -1
    row[Feature.priceMatch] = weight > 0 ? FeatureTable.priceMatch(traits.price, profile[0].price) : -1
  }

  private static func priceMatch(_ a: UInt32, _ b: UInt32) -> Float {
    guard a != unknownPrice, b != unknownPrice, max(a, b) > 0 else { return -1 }
    return Float(min(a, b)) / Float(max(a, b))
  }

  /// Shares and ranks of the rows by feature `feature`, where it is positive. Of equal values the earlier row is ahead.
  @_optimize(speed)
  private mutating func rank(by feature: Int, share: Int, rank: Int, _ count: Int) {
    order.removeAll()
    let values = column(feature)
    for index in Indices(count) {
      let own = row(index)
      let value = values[index]
      own[share] = 0
      own[rank] = Feature.noRank
      guard value > 0 else { continue }
      var place = order.count
      while place > 0, values[Int(order[place &- 1])] < value { place &-= 1 }
      order.insert(UInt8(truncatingIfNeeded: index), at: place)
    }
    guard !order.isEmpty else { return }
    let largest = values[Int(order[0])]
    for place in order.indices {
      let row = row(Int(order[place]))
      row[share] = row[feature] / largest
      row[rank] = Float(place)
    }
  }
}
