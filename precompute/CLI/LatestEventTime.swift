import Configuration
import Foundation

extension Configuration {
  /// The latest time of an event that fits, seconds since 1970: a day after the machine's clock, as clocks and zones are a little wrong.
  /// Where the configuration names the moment that ages are counted from, later events are left out anyway, and no clock has a say.
  var latestEventTime: UInt32 {
    asOf == .newest ? UInt32(clamping: Int(Date().timeIntervalSince1970) + 86_400) : .max
  }
}
