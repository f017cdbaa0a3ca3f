import Bytes
import EdgeService
import Recommender
import SnapshotFormat

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

/// The instance that `probe_hostile` asks.
nonisolated(unsafe) private var service: Service?

/// Opens a snapshot's base file, which stays where it is, in a fresh instance. Gives 0, or 1 where it does not open.
@c @_expose(wasm, "probe_open")
public func probe_open(_ kind: UInt32, _ file: UnsafeRawPointer?, _ size: UInt32) -> UInt32 {
  let made = Service()
  service = made
  guard let file else { return 1 }
  return made.open(kind: kind, ByteView(base: file, count: Int(size))) == nil ? 0 : 1
}

/// Feeds the scorer `rounds` tokens and event bodies drawn from `seed`; `answer` has room for the 28 bytes of an outcome.
@c @_expose(wasm, "probe_hostile")
public func probe_hostile(_ seed: UInt64, _ rounds: UInt32, _ answer: UnsafeMutableRawPointer?) {
  guard let answer, let service else { return }
  let input = HostileInput(service, seed: seed)
  input.run(rounds: rounds)
  var writer = ByteWriter(base: answer, capacity: 28)
  input.outcome.write(to: &writer)
}

/// The shop that `probe_fuzz` asks.
nonisolated(unsafe) private var shop = FuzzShop()

/// Adds a file to that shop, the base first, as `FuzzShop.add` does. Gives 0, or 1 where it does not open.
@c @_expose(wasm, "probe_shop")
public func probe_shop(_ kind: UInt32, _ file: UnsafeRawPointer?, _ size: UInt32) -> UInt32 {
  guard let file else { return 1 }
  return shop.add(kind: kind, ByteView(base: file, count: Int(size))) ? 0 : 1
}

/// Has a `FuzzTarget` read an input; gives the checksum of what was read.
@c @_expose(wasm, "probe_fuzz")
public func probe_fuzz(_ target: UInt32, _ input: UnsafeRawPointer?, _ size: UInt32) -> UInt64 {
  guard let input, let target = FuzzTarget(rawValue: target) else { return 0 }
  return target.run(ByteView(base: input, count: Int(size)), shop: shop)
}

/// What `probe_kernel` runs.
nonisolated(unsafe) private var kernels: KernelProbe?

/// Opens a snapshot's base file, which stays where it is, for the kernels. Gives 0, or 1 where it does not open.
@c @_expose(wasm, "probe_kernels_open")
public func probe_kernels_open(_ file: UnsafeRawPointer?, _ size: UInt32, _ seed: UInt64) -> UInt32 {
  let recommender = Recommender()
  guard let file, (try? recommender.open(.base, ByteView(base: file, count: Int(size)))) != nil,
    let base = recommender.snapshots.base
  else { return 1 }
  kernels = KernelProbe(base, seed: seed)
  return 0
}

/// Runs a kernel `rounds` times over its data, and gives a number that all results go into.
@c @_expose(wasm, "probe_kernel")
public func probe_kernel(_ number: UInt32, _ rounds: UInt32) -> UInt32 {
  guard let kernels, let kernel = KernelProbe.Kernel(rawValue: number) else { return .max }
  return kernels.run(kernel, rounds: rounds)
}

/// Products, list entries, candidates, or trees walked by a row, in one round of a kernel.
@c @_expose(wasm, "probe_kernel_units")
public func probe_kernel_units(_ number: UInt32) -> UInt32 {
  guard let kernels, let kernel = KernelProbe.Kernel(rawValue: number) else { return .max }
  return kernels.units(kernel)
}

/// How many results of the kernels differ from those of plain versions.
@c @_expose(wasm, "probe_kernel_differences")
public func probe_kernel_differences() -> UInt32 { kernels?.differences() ?? .max }
