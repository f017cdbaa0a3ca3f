import Foundation
import FuzzEngine
import FuzzTargets

// Feeds one target:
//
//     fuzz TARGET SHOP [libFuzzer's options and corpus folders]      in a build by scripts/fuzz
//     fuzz TARGET SHOP replay FILE...                                prints each file's checksum; in any build
//
// SHOP is the folder that Tests/Fuzz/fuzzed_shop.py writes.

nonisolated(unsafe) var fuzzing: Fuzzing?

func stop(_ message: String) -> Never {
  FileHandle.standardError.write(Data("fuzz: \(message)\n".utf8))
  exit(2)
}

var arguments = CommandLine.arguments
// libFuzzer starts the program again by itself to merge, with its own options alone.
let target = "FUZZ_TARGET", shop = "FUZZ_SHOP"
if arguments.count > 1, arguments[1].hasPrefix("-"), let outer = getenv(target), let folder = getenv(shop) {
  arguments.insert(contentsOf: [String(cString: outer), String(cString: folder)], at: 1)
}
guard arguments.count > 3 else { stop("usage: fuzz TARGET SHOP replay FILE..., or libFuzzer's options") }
do { fuzzing = try Fuzzing(arguments[1], shop: arguments[2]) } catch { stop("\(arguments[2]): \(error)") }
guard fuzzing != nil else { stop("no target \(arguments[1]): \(Fuzzing.names.joined(separator: ", "))") }

if arguments[3] == "replay" {
  for file in arguments.dropFirst(4) {
    guard let data = FileManager.default.contents(atPath: file) else { stop("\(file) cannot be read") }
    // The name first: after a crash it is the last word.
    print(URL(filePath: file).lastPathComponent, terminator: " ")
    fflush(nil)
    print(String(data.withUnsafeBytes { fuzzing!.run($0) }, radix: 16))
  }
  exit(0)
}

setenv(target, arguments[1], 1)
setenv(shop, arguments[2], 1)
var count = Int32(arguments.count - 2)
// libFuzzer takes the name of the program and its options, and keeps them.
var pointers = ([arguments[0]] + arguments.dropFirst(3)).map { strdup($0) } + [nil]
let status = pointers.withUnsafeMutableBufferPointer { buffer in
  var values = buffer.baseAddress
  return fuzz_engine_run(&count, &values) { input, size in
    fuzzing!.run(UnsafeRawBufferPointer(start: input, count: size))
    return 0
  }
}
if status < 0 { stop("built without libFuzzer: scripts/fuzz builds with it") }
exit(status)
