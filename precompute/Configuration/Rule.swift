import Session

/// A rule of a shop: where its condition holds for a session, its effects apply to the answer. `docs/rules.md` describes the language.
public struct Rule: Sendable, Equatable {
  public var id: Named
  public var condition: Condition
  public var effects: [Effect]

  /// A text of the shop's with its place in the file, for what can only be found wrong once the catalogue is known.
  public struct Named: Sendable, Equatable {
    public let text: String
    let place: Place

    public func failure(_ message: String) -> ConfigurationError {
      ConfigurationError(file: place.file, line: place.line, key: place.key, message: message)
    }
  }

  struct Place: Sendable, Equatable {
    let file: String
    let line: Int?
    let key: String

    /// Where a text stands does not change what it means.
    static func == (a: Place, b: Place) -> Bool { true }
  }

  /// A property of items; any one of the values has to fit.
  public struct Attribute: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable { case category, brand, tag, item }
    public let kind: Kind
    public let values: [Named]
  }

  /// Where a price stands among those of its category.
  public enum PriceLevel: String, Sendable, CaseIterable { case low, mid, high }

  /// In minor units, both ends within.
  public enum Price: Sendable, Equatable {
    case range(ClosedRange<UInt32>)
    case level(PriceLevel)
  }

  /// Events of some types about items that have all of some properties.
  public struct Events: Sendable, Equatable {
    public var types: [EventType] = []
    public var attributes: [Attribute] = []
    public var price: Price?

    public init(types: [EventType] = [], attributes: [Attribute] = [], price: Price? = nil) {
      (self.types, self.attributes, self.price) = (types, attributes, price)
    }
  }

  /// At least, at most, or between.
  public struct Bounds: Sendable, Equatable {
    public var least: Int?
    public var most: Int?

    public init(least: Int? = nil, most: Int? = nil) { (self.least, self.most) = (least, most) }
  }

  public indirect enum Condition: Sendable, Equatable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    /// Windows and delays are seconds throughout.
    case count(Events, Bounds, within: UInt32, distinctItems: Bool)
    case sequence([Events], within: UInt32)
    case absence(of: Events, after: Events, wait: UInt32, within: UInt32)
    case visits(Bounds, within: UInt32)
    case region([String])
    case device([String])
    case referrer([String])
    case page([String])
    /// Minutes of the local day; over midnight where the second is not larger.
    case time(from: Int, to: Int)
    /// 0 for Monday.
    case days([Int])
    case segment([Named])
  }

  public struct Segment: Sendable, Equatable {
    public let code: String
    public let name: String
  }

  public enum Effect: Sendable, Equatable {
    case join(Segment)
    case leave(Named)
    /// In mean deviations of the shortlist's scores; below zero it lowers.
    case boost(Attribute, by: Double)
    case boostPrice(PriceLevel, by: Double)
    case bury(Attribute)
    /// Counted from 1.
    case pin(Named, position: Int)
    case offer(code: String, validity: UInt32)
  }

  /// What a session can tell: signals stay for a day, marks of what is counted for as long as a rule asks, up to this.
  public static let signalWindow: UInt32 = 86_400
  public static let markWindow: UInt32 = 90 * 86_400
  public static let countMax = 64
  public static let stepsMax = 16
  public static let positionMax = 100
  public static let boostMax = 100.0
}
