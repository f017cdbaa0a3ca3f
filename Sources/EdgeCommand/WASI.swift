#if arch(wasm32)
  import Bytes

  // The few calls of WASI preview 1 that the command needs, by their names in the specification. A libc would bring the same
  // ones, its allocator and a second way of linking.

  private typealias Address = UnsafeMutableRawPointer

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "args_sizes_get") @_extern(c)
  private func args_sizes_get(_ count: Address, _ bytes: Address) -> UInt32

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "args_get") @_extern(c)
  private func args_get(_ pointers: Address, _ bytes: Address) -> UInt32

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_prestat_get") @_extern(c)
  private func fd_prestat_get(_ descriptor: UInt32, _ stat: Address) -> UInt32

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_prestat_dir_name") @_extern(c)
  private func fd_prestat_dir_name(_ descriptor: UInt32, _ path: Address, _ length: UInt32) -> UInt32

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "path_open") @_extern(c)
  private func path_open(
    _ directory: UInt32, _ lookup: UInt32, _ path: UnsafeRawPointer, _ length: UInt32, _ creation: UInt32,
    _ rights: UInt64, _ inheriting: UInt64, _ flags: UInt32, _ descriptor: Address
  ) -> UInt32

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_filestat_get") @_extern(c)
  private func fd_filestat_get(_ descriptor: UInt32, _ stat: Address) -> UInt32

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_read") @_extern(c)
  private func fd_read(_ descriptor: UInt32, _ vectors: Address, _ count: UInt32, _ read: Address) -> UInt32

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "fd_write") @_extern(c)
  private func fd_write(_ descriptor: UInt32, _ vectors: Address, _ count: UInt32, _ written: Address) -> UInt32

  @_extern(wasm, module: "wasi_snapshot_preview1", name: "proc_exit") @_extern(c)
  private func proc_exit(_ code: UInt32)

  /// Files, streams and arguments of a WASI command.
  enum WASI {
    static let standardInput: UInt32 = 0
    static let standardOutput: UInt32 = 1
    static let standardError: UInt32 = 2
    /// More than any snapshot or stream of requests has.
    private static let bytesMax: UInt64 = 1 << 30
    private static let rightsToRead: UInt64 = 1 << 1 | 1 << 21  // fd_read, fd_filestat_get

    static func exit(_ code: UInt32) -> Never {
      proc_exit(code)
      fatalError()
    }

    /// The arguments after the program's name.
    static func arguments() -> [ByteView] {
      let sizes = OwnedBytes(capacity: 8)
      guard args_sizes_get(sizes.start, sizes.start + 4) == 0 else { return [] }
      let count = Int(sizes.view.u32le(0))
      let pointers = OwnedBytes(capacity: count * 4)
      let text = OwnedBytes(capacity: Int(sizes.view.u32le(4)))
      guard args_get(pointers.start, text.start) == 0 else { return [] }
      // They live as long as the process.
      _ = Unmanaged.passRetained(text)
      var rest = text.view
      var arguments: [ByteView] = []
      for _ in 0..<count {
        let end = rest.firstIndex(of: 0) ?? rest.count
        arguments.append(rest.prefix(end))
        rest = rest.dropFirst(end + 1)
      }
      return Array(arguments.dropFirst())
    }

    /// The bytes of a file under one of the directories that the engine has opened; nil where it cannot be read.
    static func read(path: ByteView) -> OwnedBytes? {
      let stat = OwnedBytes(capacity: 64)
      var descriptor: UInt32 = 3
      while fd_prestat_get(descriptor, stat.start) == 0 {
        let name = OwnedBytes(capacity: Int(min(stat.view.u32le(4), 4096)))
        if fd_prestat_dir_name(descriptor, name.start, UInt32(name.capacity)) == 0,
          let inside = path.inside(directory: name.view), let bytes = read(inside, in: descriptor, stat)
        {
          return bytes
        }
        descriptor += 1
      }
      return nil
    }

    private static func read(_ path: ByteView, in directory: UInt32, _ scratch: OwnedBytes) -> OwnedBytes? {
      let opened = path_open(
        directory, 1, path.start, UInt32(path.count), 0, rightsToRead, 0, 0, scratch.start)
      guard opened == 0 else { return nil }
      let file = scratch.view.u32le(0)
      guard fd_filestat_get(file, scratch.start) == 0 else { return nil }
      let size = scratch.view.u64le(32)
      guard size <= bytesMax else { return nil }
      let bytes = OwnedBytes(capacity: Int(size))
      var filled = 0
      while filled < bytes.capacity {
        guard let count = read(file, into: bytes.start + filled, bytes.capacity - filled), count > 0 else { return nil }
        filled += count
      }
      return bytes
    }

    /// All of standard input.
    static func readStandardInput() -> (buffer: OwnedBytes, count: Int) {
      var buffer = OwnedBytes(capacity: 1 << 16)
      var filled = 0
      while let count = read(standardInput, into: buffer.start + filled, buffer.capacity - filled), count > 0 {
        filled += count
        guard filled == buffer.capacity, UInt64(filled) < bytesMax else { continue }
        let larger = OwnedBytes(capacity: 2 * filled)
        larger.start.copyMemory(from: buffer.start, byteCount: filled)
        buffer = larger
      }
      return (buffer, filled)
    }

    private static func read(_ descriptor: UInt32, into start: UnsafeMutableRawPointer, _ length: Int) -> Int? {
      var vector: (UInt32, UInt32) = (UInt32(UInt(bitPattern: start)), UInt32(length))
      var count: UInt32 = 0
      guard fd_read(descriptor, &vector, 1, &count) == 0 else { return nil }
      return Int(count)
    }

    static func write(_ bytes: ByteView, to descriptor: UInt32) {
      var rest = bytes
      while !rest.isEmpty {
        var vector: (UInt32, UInt32) = (UInt32(UInt(bitPattern: rest.start)), UInt32(rest.count))
        var count: UInt32 = 0
        guard fd_write(descriptor, &vector, 1, &count) == 0, count > 0 else { exit(74) }
        rest = rest.dropFirst(Int(count))
      }
    }
  }

  extension ByteView {
    /// The rest of this path below `directory`, or nil where it lies elsewhere.
    fileprivate func inside(directory: ByteView) -> ByteView? {
      var path = self
      var directory = directory
      while directory.starts(with: "./") { directory = directory.dropFirst(2) }
      while path.starts(with: "./") { path = path.dropFirst(2) }
      while directory.count > 1, directory[directory.count - 1] == UInt8(ascii: "/") {
        directory = directory.dropLast(1)
      }
      if directory.isEmpty || directory.equals(".") { return path.starts(with: "/") ? nil : path }
      if directory.equals("/") { return path.starts(with: "/") ? path.dropFirst(1) : nil }
      guard path.count > directory.count, path.prefix(directory.count).equals(directory),
        path[directory.count] == UInt8(ascii: "/")
      else { return nil }
      return path.dropFirst(directory.count + 1)
    }
  }
#endif
