/** Counters of a long-lived host, as Prometheus reads them. */

const BUCKETS_MS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 50, 250, 1000];

export class Metrics {
  constructor() {
    /** @private @type {Map<string, number>} */
    this._requests = new Map();
    /** @private @type {number[]} */
    this._buckets = BUCKETS_MS.map(() => 0);
    /** @private */
    this._count = 0;
    /** @private */
    this._sum = 0;
  }

  /**
   * @param {string} method
   * @param {number} status
   * @param {number} ms
   */
  count(method, status, ms) {
    const known = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"].includes(method) ? method : "other";
    const key = `method="${known}",status="${status}"`;
    this._requests.set(key, (this._requests.get(key) ?? 0) + 1);
    this._count++;
    this._sum += ms;
    BUCKETS_MS.forEach((bound, index) => {
      if (ms <= bound) this._buckets[index]++;
    });
  }

  /** @param {{ publication: import("./publication.js").Publication, outbox: import("./outbox.js").Outbox | null }} host */
  response({ publication, outbox }) {
    const lines = ["# TYPE martlet_requests_total counter"];
    for (const [labels, value] of this._requests) lines.push(`martlet_requests_total{${labels}} ${value}`);
    lines.push("# TYPE martlet_request_milliseconds histogram");
    BUCKETS_MS.forEach((bound, i) => lines.push(`martlet_request_milliseconds_bucket{le="${bound}"} ${this._buckets[i]}`));
    lines.push(`martlet_request_milliseconds_bucket{le="+Inf"} ${this._count}`);
    lines.push(`martlet_request_milliseconds_sum ${this._sum}`, `martlet_request_milliseconds_count ${this._count}`);
    gauge(lines, "martlet_snapshot_served", publication.current ? 1 : 0);
    gauge(lines, "martlet_snapshot_failing", publication.failingSince === null ? 0 : 1);
    gauge(lines, "martlet_module_memory_bytes", publication.current?.memoryBytes ?? 0);
    if (outbox) {
      gauge(lines, "martlet_events_waiting", outbox.waiting);
      lines.push("# TYPE martlet_events_total counter");
      lines.push(`martlet_events_total{outcome="delivered"} ${outbox.delivered}`);
      lines.push(`martlet_events_total{outcome="dropped"} ${outbox.dropped}`);
    }
    const headers = { "content-type": "text/plain; version=0.0.4", "cache-control": "no-store" };
    return new Response(`${lines.join("\n")}\n`, { headers });
  }
}

/**
 * @param {string[]} lines
 * @param {string} name
 * @param {number} value
 */
function gauge(lines, name, value) {
  lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
}
