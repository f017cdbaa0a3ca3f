import Bytes

extension ByteView {
  public var array: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: count)) }
  public var string: String { String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self) }
}

extension Array where Element == UInt8 {
  public func withView<Result>(_ body: (ByteView) throws -> Result) rethrows -> Result {
    try withUnsafeBytes { try body(ByteView($0)) }
  }
}

extension String {
  public func withView<Result>(_ body: (ByteView) throws -> Result) rethrows -> Result {
    try Array(utf8).withView(body)
  }
}

/// What `body` writes, with room for `capacity` bytes.
public func written(capacity: Int = 4096, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
  let buffer = OwnedBytes(capacity: capacity)
  var writer = ByteWriter(buffer)
  body(&writer)
  return withExtendedLifetime(buffer) { writer.view.array }
}
