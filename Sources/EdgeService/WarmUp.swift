import Bytes

extension Service {
  /// Runs what first requests run, so that engines that compile lazily have compiled it and memory has grown to its size.
  public func warmUp() {
    _ = handle(ByteView("GET /healthz HTTP/1.1\r\n\r\n"))
    _ = handle(ByteView("GET /recommendations?context=homepage HTTP/1.1\r\n\r\n"))
    _ = handle(ByteView("POST /events HTTP/1.1\r\n\r\n{\"event\":\"view\",\"item_id\":\"-\"}"))
  }
}
