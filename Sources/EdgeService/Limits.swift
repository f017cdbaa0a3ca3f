/// What one message may measure. Hosts answer larger ones themselves; the module refuses them too.
public enum Limits {
  public static let target = 8 << 10
  public static let headers = 32 << 10
  /// Lines of headers: they are looked through at each question.
  public static let headerLines = 256
  public static let body = 64 << 10
  /// Start line, headers, body, and the few bytes between them.
  public static let request = target + headers + body + 1024
  /// A hundred items with texts of some 2 KB each.
  public static let response = 256 << 10
  /// Answers in one request, which together have at most `Query.limitMax` items.
  public static let placements = 8
  /// Events in one request.
  public static let events = 1000
}
