import Bytes
import EdgeRuntime
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
//
// Nothing that an open file or the service consists of is ever given up, so the module is linked without reference counts
// (`scripts/build-wasm`): what a refused file or a request has allocated is given back as a whole.

/// Made by the first call. A global with a value of its own would be made lazily too, at a thousand bytes of code.
nonisolated(unsafe) private var instance: Module?

private var module: Module {
  @inline(never) get {
    if let instance { return instance }
    let made = Module()
    instance = made
    return made
  }
}

private final class Module {
  let service = Service()
  let request = OwnedBytes(capacity: Limits.request)
  /// Room for the file being written. Once opened it belongs to the snapshot; once refused it is used again.
  var reserved: UnsafeMutableRawPointer?
  var reservedSize: UInt32 = 0
  var response = ByteView.empty
}

@c @_expose(wasm, "martlet_abi_version")
public func martletABIVersion() -> UInt32 { 1 }

@c @_expose(wasm, "martlet_reserve")
public func martletReserve(_ size: UInt32) -> UnsafeMutableRawPointer? {
  guard size > 0, size <= 1 << 30 else { return nil }
  let module = module
  if size > module.reservedSize || module.reserved == nil {
    module.reserved = martlet_allocate(Int(size))
    module.reservedSize = size
  }
  return module.reserved
}

@c @_expose(wasm, "martlet_open")
public func martletOpen(_ kind: UInt32, _ size: UInt32) -> UInt32 {
  let module = module
  // What was not reserved is refused as an empty file is.
  var file = ByteView.empty
  if let reserved = module.reserved, size <= module.reservedSize { file = ByteView(base: reserved, count: Int(size)) }
  let mark = martlet_heap_mark()
  if let problem = module.service.open(kind: kind, file) {
    martlet_heap_release(mark)
    module.response = problem
    return UInt32(problem.count)
  }
  // The snapshot reads it in place from now on.
  module.reserved = nil
  module.reservedSize = 0
  return 0
}

@c @_expose(wasm, "martlet_request")
public func martletRequest(_ size: UInt32) -> UnsafeMutableRawPointer? {
  size <= UInt32(Limits.request) ? module.request.start : nil
}

@c @_expose(wasm, "martlet_handle")
public func martletHandle(_ size: UInt32) -> UInt32 {
  let module = module
  let (mark, keptSessions) = (martlet_heap_mark(), module.service.keepsSessions)
  module.response = module.service.handle(module.request.view.prefix(Int(min(size, UInt32(Limits.request)))))
  // Only a refusal allocates, and the first session to keep, which stays.
  if module.service.keepsSessions == keptSessions { martlet_heap_release(mark) }
  return UInt32(module.response.count)
}

@c @_expose(wasm, "martlet_response")
public func martletResponse() -> UnsafeRawPointer { module.response.start }

@c @_expose(wasm, "martlet_warm_up")
public func martletWarmUp() { module.service.warmUp() }
