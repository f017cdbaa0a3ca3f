import Bytes
import SnapshotFormat

extension FileKind {
  /// What a file says that it is; nil where it is no snapshot.
  public init?(recognising bytes: ByteView) {
    do throws(SnapshotError) { self = try SnapshotFile(bytes).kind } catch { return nil }
  }
}
