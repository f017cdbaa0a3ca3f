import Bytes

// The C interface, the same in a native library and in wasm: pointers have the width of the platform, sizes 32 bits.

/// Memory for the caller to fill. It lives until `probe_free`.
@c @_expose(wasm, "probe_allocate")
public func probe_allocate(_ size: UInt32) -> UnsafeMutableRawPointer? {
  UnsafeMutableRawPointer.allocate(byteCount: Int(size), alignment: 16)
}

@c @_expose(wasm, "probe_free")
public func probe_free(_ memory: UnsafeMutableRawPointer?) {
  memory?.deallocate()
}

/// Runs the commands of `script` on a database file and writes what they answer. Gives the bytes written, or
/// `UInt32.max` where they did not fit.
@c @_expose(wasm, "probe_sqlite")
public func probe_sqlite(
  _ file: UnsafeRawPointer?, _ fileSize: UInt32, _ script: UnsafeRawPointer?, _ scriptSize: UInt32,
  _ answer: UnsafeMutableRawPointer?, _ capacity: UInt32
) -> UInt32 {
  guard let file, let script, let answer else { return .max }
  var writer = ByteWriter(base: answer, capacity: Int(capacity))
  runSQLiteScript(
    ByteView(base: script, count: Int(scriptSize)), on: ByteView(base: file, count: Int(fileSize)), into: &writer)
  return writer.overflowed ? .max : UInt32(writer.count)
}
