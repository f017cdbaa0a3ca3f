import Bytes
import EdgeService

// The C ABI of the reactor, version 1. The module owns all memory: a host writes only where it was told to.
//
//     _initialize()                      once, first
//     martlet_abi_version() -> 1
//     martlet_reserve(size) -> address   room for a file of `size` bytes; 0 where memory is refused
//     martlet_open(kind, size) -> 0      opens what was written there; else the length of a problem at martlet_response()
//     martlet_request(size) -> address   room for a request message; 0 where it is too large
//     martlet_handle(size) -> length     of the response message at martlet_response()
//     martlet_response() -> address
//     martlet_warm_up()                  runs what a first request would

nonisolated(unsafe) private var module = Module()

private struct Module {
  let service = Service()
  let request = OwnedBytes(capacity: Limits.request)
  /// The file being written. Once opened it belongs to the snapshot; once refused it is used again.
  var reserved: OwnedBytes?
  var response = ByteView.empty
}

@c @_expose(wasm, "martlet_abi_version")
public func martletABIVersion() -> UInt32 { 1 }

@c @_expose(wasm, "martlet_reserve")
public func martletReserve(_ size: UInt32) -> UnsafeMutableRawPointer? {
  guard size > 0, size <= 1 << 30 else { return nil }
  if let reserved = module.reserved, size <= UInt32(reserved.capacity) { return reserved.start }
  let reserved = OwnedBytes(capacity: Int(size))
  module.reserved = reserved
  return reserved.start
}

@c @_expose(wasm, "martlet_open")
public func martletOpen(_ kind: UInt32, _ size: UInt32) -> UInt32 {
  // What was not reserved is refused as an empty file is.
  var file = ByteView.empty
  if let reserved = module.reserved, size <= UInt32(reserved.capacity) { file = reserved.view.prefix(Int(size)) }
  if let problem = module.service.open(kind: kind, file) {
    module.response = problem
    return UInt32(problem.count)
  }
  // The snapshot reads it in place from now on.
  if let reserved = module.reserved { _ = Unmanaged.passRetained(reserved) }
  module.reserved = nil
  return 0
}

@c @_expose(wasm, "martlet_request")
public func martletRequest(_ size: UInt32) -> UnsafeMutableRawPointer? {
  size <= UInt32(Limits.request) ? module.request.start : nil
}

@c @_expose(wasm, "martlet_handle")
public func martletHandle(_ size: UInt32) -> UInt32 {
  module.response = module.service.handle(module.request.view.prefix(Int(min(size, UInt32(Limits.request)))))
  return UInt32(module.response.count)
}

@c @_expose(wasm, "martlet_response")
public func martletResponse() -> UnsafeRawPointer { module.response.start }

@c @_expose(wasm, "martlet_warm_up")
public func martletWarmUp() { module.service.warmUp() }
