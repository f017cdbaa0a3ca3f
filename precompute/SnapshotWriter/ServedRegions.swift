import Configuration
import Models

/// Which regions have a file and which a name: as many as a manifest that hosts read has room for.
///
/// Where items are sold each region has a name, as without one nobody there would get these items. Then those with the most people have files.
/// The other regions of events come last, those that a file serves before those that the world does: a name changes nothing for the latter. Who comes
/// from a region that is left without a file is served by its parent, without a name by the world.
struct ServedRegions {
  /// By scope of the tree; false for the world, which has the base.
  private(set) var hasFile: [Bool]
  /// By region code: the region whose file serves it, or `world`.
  private(set) var servedBy: [String: String] = [:]
  /// What there was no room for.
  private(set) var leftOut = RegionsLeftOut()

  private let tree: RegionTree
  /// By region code of events and catalogue.
  private var scopeOfCode: [String: Int] = [:]
  /// By scope: bytes of the longest name that can come to serve it.
  private var longest: [Int] = []
  private var room: RegionRoom

  /// - Parameters:
  ///   - groups: the regions of each group.
  ///   - budget: bytes of the base.
  init(_ models: TrainedModels, groups: [String: [String]], budget: Int) throws {
    tree = models.regions
    hasFile = [Bool](repeating: false, count: tree.scopes.count)
    room = RegionRoom(budget: budget)
    var scopeOfName = [ScopeLists.world: RegionTree.world]
    longest = [RegionRoom.bytes(of: ScopeLists.world)]
    for (number, scope) in tree.scopes.enumerated().dropFirst() {
      guard scopeOfName.updateValue(number, forKey: scope.name) == nil else {
        throw SnapshotWriterError.regionNamedTwice(name: scope.name)
      }
      longest.append(max(RegionRoom.bytes(of: scope.name), longest[scope.parent]))
    }
    scopeOfCode = Dictionary(zip(models.regionNames, tree.scopeOfRegion)) { first, _ in first }
    let groupOfRegion = Dictionary(
      groups.flatMap { group, members in members.map { ($0, group) } }, uniquingKeysWith: { first, _ in first })
    // Where items are sold, people may come from who have done nothing yet.
    let sold = Set(models.catalogue.items.lazy.flatMap(\.regions))
    let codesOfSale = sold.union(sold.flatMap { groups[$0] ?? [] })
    for code in codesOfSale where scopeOfCode[code] == nil {
      scopeOfCode[code] = scopeOfName[code] ?? groupOfRegion[code].flatMap { scopeOfName[$0] } ?? RegionTree.world
    }

    for code in codesOfSale { room.take(name(of: code)) }
    guard room.isLeft else {
      throw SnapshotWriterError.tooMany(
        what: "bytes of regions where items are sold", count: RegionRoom.manifestBytes - room.manifest,
        most: RegionRoom.manifestBytes)
    }
    giveFiles(beside: codesOfSale)
    for code in codesOfSale { servedBy[code] = server(of: code) }
    for (number, scope) in tree.scopes.enumerated() where hasFile[number] { servedBy[scope.name] = scope.name }
    giveNames(models.regionNames)
  }

  /// To those with the most people, a group before its regions.
  private mutating func giveFiles(beside named: Set<String>) {
    let ranked = tree.scopes.indices.dropFirst().sorted {
      (-tree.scopes[$0].people, $0) < (-tree.scopes[$1].people, $1)
    }
    for number in ranked {
      let scope = tree.scopes[number]
      let entry = RegionRoom.fileBytes(scope.name, parent: tree.scopes[scope.parent].name)
      // A region of sale has its name already.
      let name = named.contains(scope.name) ? 0 : RegionRoom.nameBytes(scope.name, servedBy: longest[number])
      guard room.has(name, file: entry) else { break }
      room.take(name, file: entry)
      hasFile[number] = true
    }
    leftOut.files = tree.leftOut + ranked.count { !hasFile[$0] }
  }

  /// To regions of events as they were met.
  private mutating func giveNames(_ regions: [String]) {
    let unnamed = regions.filter { servedBy[$0] == nil }
    let served = unnamed.filter { server(of: $0) != ScopeLists.world }
    for code in served + unnamed.filter({ server(of: $0) == ScopeLists.world }) where servedBy[code] == nil {
      guard room.has(name(of: code)) else { break }
      room.take(name(of: code))
      servedBy[code] = server(of: code)
    }
    leftOut.names = Set(unnamed).count { servedBy[$0] == nil }
  }

  private func name(of code: String) -> Int {
    RegionRoom.nameBytes(code, servedBy: longest[scopeOfCode[code] ?? RegionTree.world])
  }

  private func server(of code: String) -> String {
    var scope = scopeOfCode[code] ?? RegionTree.world
    while scope != RegionTree.world, !hasFile[scope] { scope = tree.scopes[scope].parent }
    return scope == RegionTree.world ? ScopeLists.world : tree.scopes[scope].name
  }
}

/// Regions that a manifest had no room for.
public struct RegionsLeftOut: Sendable, Equatable {
  /// With people enough for a file, served by their parent.
  public var files = 0
  /// Of events, served as unknown ones.
  public var names = 0

  public var isNone: Bool { files == 0 && names == 0 }
}

/// Bytes that regions may take: three quarters of a manifest, which leaves the rest to base, texts and large regions' chunks; and a quarter of
/// the base with their names, so that events of whatever regions leave it to the items.
struct RegionRoom {
  static let manifestBytes = HostLimits.manifestBytes / 4 * 3

  private(set) var manifest = RegionRoom.manifestBytes
  private var base: Int

  init(budget: Int) { base = budget / 4 }

  var isLeft: Bool { manifest >= 0 }

  func has(_ name: Int, file: Int = 0) -> Bool { name + file <= manifest && (name == 0 || name <= base) }

  mutating func take(_ name: Int, file: Int = 0) {
    manifest -= name + file
    base -= name
  }

  /// A member of the manifest's `regions`, and about a row of table `region`.
  static func nameBytes(_ code: String, servedBy: Int) -> Int { 14 + bytes(of: code) + servedBy }

  /// An element of the manifest's `files`, of one chunk.
  static func fileBytes(_ code: String, parent: String) -> Int { 352 + bytes(of: code) + bytes(of: parent) }

  /// A text's bytes in JSON, at most.
  static func bytes(of text: String) -> Int {
    text.utf8.reduce(0) {
      $0 + ($1 < 0x20 || $1 == 0x7F ? 6 : $1 == UInt8(ascii: "\"") || $1 == UInt8(ascii: "\\") ? 2 : 1)
    }
  }
}
