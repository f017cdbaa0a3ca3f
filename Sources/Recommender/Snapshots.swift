import Bytes
import SnapshotFormat

/// The open files of one generation: a base, its regions, its texts. Nothing is ever unloaded; a new generation opens in a new
/// instance of the module.
public struct Snapshots: ~Copyable {
  /// Region files that one instance holds; a host opens those that its visitors come from.
  public static let regionsMax = 256

  public private(set) var base: BaseSnapshot?
  public private(set) var regions: [RegionSnapshot] = []
  public private(set) var text: TextSnapshot?

  init() {}

  mutating func open(_ kind: FileKind, _ bytes: ByteView) throws(SnapshotError) {
    let file = try SnapshotFile(bytes)
    guard file.kind == kind else { throw SnapshotError(.wrongKind, table: MetaKey.kind) }
    if kind == .base {
      guard base == nil else { throw SnapshotError(.notNow) }
      base = try BaseSnapshot(file)
      return
    }
    guard let base else { throw SnapshotError(.notNow) }
    guard file.generation.equals(base.generation) else { throw SnapshotError(.otherGeneration) }
    switch kind {
    case .region:
      guard regions.count < Snapshots.regionsMax else { throw SnapshotError(.notNow) }
      let region = try RegionSnapshot(file)
      guard find(region.code) == nil else { throw SnapshotError(.notNow, table: MetaKey.region) }
      regions.append(region)
    case .text:
      guard text == nil else { throw SnapshotError(.notNow) }
      text = try TextSnapshot(file)
    case .base, .overlay:
      throw SnapshotError(.notNow, table: MetaKey.kind)
    }
  }

  /// How long a signal counts, seconds; a day where no base is open.
  public var sessionWindow: UInt32 { base?.sessionWindow ?? 86_400 }

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
    for region in regions where region.code.equals(code) { return region }
    return nil
  }
}
