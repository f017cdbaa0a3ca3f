import Bytes
import Foundation
import Probe

/// All targets by name: those of the probe, and those that are native only.
public struct Fuzzing {
  public static let names =
    FuzzTarget.allCases.map { "\($0.name)" } + ["manifest", "rows", "erasure", "configuration"]

  private let target: (UnsafeRawBufferPointer) -> UInt64

  /// - Parameter shop: the folder of `base.sqlite` and what belongs to it, for targets that ask a shop.
  /// - Returns: nil for a name that no target has.
  public init?(_ name: String, shop folder: String) throws {
    if let shared = FuzzTarget.allCases.first(where: { "\($0.name)" == name }) {
      let shop = FuzzShop()
      if shared.needsShop { try Fuzzing.fill(shop, from: folder) }
      target = { shared.run(ByteView($0), shop: shop) }
      return
    }
    let run: (Data) -> UInt64
    switch name {
    case "manifest": run = try ManifestFuzzing().run
    case "rows": run = try RowFuzzing().run
    case "erasure": run = try ErasureFuzzing().run
    case "configuration": run = fuzzConfiguration
    default: return nil
    }
    target = { run(Data($0)) }
  }

  private static func fill(_ shop: FuzzShop, from folder: String) throws {
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".sqlite") {
      // base.sqlite, region-0.sqlite, text.sqlite: in this order.
      let kind: UInt32 = file.hasPrefix("base") ? 1 : file.hasPrefix("region") ? 2 : 4
      let bytes = OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))))
      guard shop.add(kind: kind, bytes.view) else { throw CocoaError(.fileReadCorruptFile) }
    }
  }

  /// Reads one input; gives a checksum over what was read.
  @discardableResult
  public func run(_ input: UnsafeRawBufferPointer) -> UInt64 { target(input) }
}
