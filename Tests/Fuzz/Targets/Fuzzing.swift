import Bytes
import Foundation
import Probe

/// All targets by name: those of the probe, and those that are native only.
public struct Fuzzing {
  public static let names = FuzzTarget.allCases.map { "\($0.name)" } + ["manifest", "tables", "configuration"]

  private let name: String
  private let shared: FuzzTarget?
  private let shop: FuzzShop
  private let tables: TableFuzzing?

  /// - Parameter shop: the folder of `base.sqlite` and what belongs to it, for targets that ask a shop.
  /// - Returns: nil for a name that no target has.
  public init?(_ name: String, shop folder: String) throws {
    guard Fuzzing.names.contains(name) else { return nil }
    self.name = name
    shared = FuzzTarget.allCases.first { "\($0.name)" == name }
    shop = FuzzShop()
    tables = name == "tables" ? try TableFuzzing() : nil
    guard shared?.needsShop == true else { return }
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".sqlite") {
      // base.sqlite, region-0.sqlite, text.sqlite: in this order.
      let kind: UInt32 = file.hasPrefix("base") ? 1 : file.hasPrefix("region") ? 2 : 4
      let bytes = OwnedBytes(copying: [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))))
      guard shop.add(kind: kind, bytes.view) else { throw CocoaError(.fileReadCorruptFile) }
    }
  }

  /// Reads one input; gives a checksum over what was read.
  @discardableResult
  public func run(_ input: UnsafeRawBufferPointer) -> UInt64 {
    if let shared { return shared.run(ByteView(input), shop: shop) }
    let data = Data(input)
    switch name {
    case "manifest": return fuzzManifest(data)
    case "configuration": return fuzzConfiguration(data)
    default: return tables!.run(data)
    }
  }
}
