import Bytes
import Session
import SnapshotFormat

/// The open files of one generation: a base, its regions, its texts. Nothing is ever unloaded; a new generation opens in a new
/// instance of the module.
public struct Snapshots: ~Copyable {
  /// Region files that one instance holds; a host opens those that its visitors come from.
  public static let regionsMax = 256

  public private(set) var base: BaseSnapshot?
  /// The first of a chain, in the order of opening.
  public private(set) var regions: RegionSnapshot?
  public private(set) var regionCount = 0
  public private(set) var text: TextSnapshot?

  init() {}

  mutating func open(_ kind: FileKind, _ bytes: ByteView) throws(SnapshotError) {
    let file = try SnapshotFile(bytes)
    guard file.kind == kind else { throw SnapshotError(.wrongKind, table: MetaKey.kind) }
    guard (kind == .base) == (base == nil) else { throw SnapshotError(.notNow) }
    if let base, !file.generation.equals(base.generation) { throw SnapshotError(.otherGeneration) }
    switch kind {
    case .base:
      base = try BaseSnapshot.open(file)
    case .region where regionCount < Snapshots.regionsMax:
      try add(RegionSnapshot(file))
    case .text where text == nil:
      text = try TextSnapshot(file)
    case .region, .text, .overlay:
      throw SnapshotError(.notNow)
    }
  }

  private mutating func add(_ region: RegionSnapshot) throws(SnapshotError) {
    guard find(region.code) == nil else { throw SnapshotError(.notNow, table: MetaKey.region) }
    regionCount &+= 1
    guard var last = regions else { return regions = region }
    while let next = last.next { last = next }
    last.next = region
  }

  /// How long a signal counts, seconds; a day where no base is open.
  public var sessionWindow: UInt32 { base?.sessionWindow ?? 86_400 }

  /// After so many seconds without a signal the next one starts a visit.
  public var sessionPause: UInt32 { base?.sessionPause ?? Session.pause }

  /// The open region that serves visitors of region `code`: its own, or the one that the builder has merged it into.
  /// Nil where none is open: the base's lists, which are the world's, serve.
  public func region(serving code: ByteView) -> RegionSnapshot? {
    guard !code.isEmpty, let base else { return nil }
    return find(base.regionServing(code) ?? code)
  }

  func parent(of region: RegionSnapshot?) -> RegionSnapshot? {
    guard let parent = region?.parent else { return nil }
    return find(parent)
  }

  private func find(_ code: ByteView) -> RegionSnapshot? {
    var region = code.count <= BaseSnapshot.regionCodeMax ? regions : nil
    while let candidate = region, !candidate.code.equals(code) { region = candidate.next }
    return region
  }
}
