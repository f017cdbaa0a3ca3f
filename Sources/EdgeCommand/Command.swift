#if arch(wasm32)
  import Bytes
  import EdgeService
  import Recommender
  import SnapshotFormat

  // scorer-cli [--fresh] BASE [REGION | TEXT]...
  //
  // Answers the request messages on standard input from the snapshot files named, the responses on standard output:
  //
  //     printf 'GET /recommendations HTTP/1.1\r\n\r\n' | wasmtime run --dir snapshots scorer-cli.wasm snapshots/base-….sqlite

  @c @_expose(wasm, "_start")
  public func start() {
    var files: [OwnedBytes] = []
    var fresh = false
    for argument in WASI.arguments() {
      if argument.equals("--fresh") {
        fresh = true
      } else if let file = WASI.read(path: argument) {
        files.append(file)
      } else {
        fail("cannot read ", argument)
      }
    }
    guard !files.isEmpty else { fail("usage: scorer-cli [--fresh] BASE [REGION | TEXT]...", .empty) }
    let reused = service(files)
    let (input, count) = WASI.readStandardInput()
    var messages = MessageSequence(input.view.prefix(count))
    while let message = messages.next() {
      WASI.write((fresh ? service(files) : reused).handle(message), to: WASI.standardOutput)
    }
  }

  private func service(_ files: [OwnedBytes]) -> Service {
    let service = Service()
    for file in files {
      let kind = FileKind(recognising: file.view)?.rawValue ?? 0
      if let problem = service.open(kind: kind, file.view) { fail("cannot open a file: ", problem) }
    }
    return service
  }

  private func fail(_ text: StaticString, _ detail: ByteView) -> Never {
    WASI.write(ByteView(text), to: WASI.standardError)
    WASI.write(detail, to: WASI.standardError)
    WASI.write(ByteView("\n"), to: WASI.standardError)
    WASI.exit(64)
  }
#endif
