import Configuration
import Foundation

/// A configuration: it is read or refused with its place; where it is read, setting a value keeps all others.
func fuzzConfiguration(_ data: Data) -> UInt64 {
  guard let text = String(validating: data, as: UTF8.self) else { return 0 }
  do {
    let read = try Configuration(yaml: text)
    var edited = ConfigurationText(text)
    do { try edited.set("seed", to: "77") } catch is ConfigurationError { return 1 }
    var expected = read
    expected.seed = 77
    let changed = try edited.configuration()
    precondition(changed == expected)
    return 2 + UInt64(read.rules.count)
  } catch is ConfigurationError {
    return 0
  } catch {
    preconditionFailure("no error of the configuration's: \(error)")
  }
}
