/** Events on their way home: consented events are gathered for a moment and handed on without delaying an answer. */

import { sleep } from "./generation.js";
import { message as textOf } from "./loading.js";

/**
 * Takes a batch of events, or throws. The id of a batch is the same at every try.
 * @typedef {(events: object[], batch: string) => Promise<void>} Sink
 */

const BATCH_MAX = 500;
const TRIES = 4;

export class Outbox {
  /**
   * @param {Sink} sink
   * @param {{ delayMs: number, queueMax: number, retryMs: number, log: (event: string, fields: object) => void }} options
   */
  constructor(sink, options) {
    /** @private */
    this._sink = sink;
    /** @private */
    this._options = options;
    /** @private @type {object[]} */
    this._queue = [];
    /** @private @type {Promise<void> | null} */
    this._flushing = null;
    this.delivered = 0;
    this.dropped = 0;
  }

  get waiting() {
    return this._queue.length;
  }

  /**
   * @param {object[]} events
   * @param {(promise: Promise<unknown>) => void} waitUntil
   */
  add(events, waitUntil) {
    for (const event of events) {
      if (this._queue.length < this._options.queueMax) this._queue.push(event);
      else this.dropped++;
    }
    // Whoever waits for the flush waits for these events too: it ends when nothing is left.
    this._flushing ??= this._flush().finally(() => {
      this._flushing = null;
    });
    waitUntil(this._flushing);
  }

  /** @private */
  async _flush() {
    await sleep(this._options.delayMs);
    while (this._queue.length > 0) {
      const batch = this._queue.splice(0, BATCH_MAX);
      if (await this._deliver(batch)) this.delivered += batch.length;
      else this.dropped += batch.length;
    }
  }

  /**
   * @private
   * @param {object[]} batch
   */
  async _deliver(batch) {
    // The same id at every try, so that a collector can tell a batch that it has already.
    const id = crypto.randomUUID();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await sleep(this._options.retryMs * 2 ** (attempt - 1));
      try {
        await this._sink(batch, id);
        return true;
      } catch (error) {
        this._options.log("events_not_delivered", { attempt, events: batch.length, reason: textOf(error) });
      }
    }
    return false;
  }
}

/**
 * POSTs batches as NDJSON.
 * @param {string} address
 * @param {Record<string, string>} [headers] such as an authorisation
 * @returns {Sink}
 */
export function collectorSink(address, headers = {}) {
  return async (events, batch) => {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson", "idempotency-key": batch, ...headers },
      body: ndjson(events),
      signal: /** @type {any} */ (AbortSignal).timeout(10_000),
    });
    if (!response.ok) throw new Error(`the collector answers ${response.status}`);
  };
}

/**
 * A message queue (Cloudflare Queues), one message an event.
 * @param {{ sendBatch(messages: { body: object }[]): Promise<unknown> }} queue
 * @returns {Sink}
 */
export function queueSink(queue) {
  return async (events) => {
    for (let start = 0; start < events.length; start += 100) {
      await queue.sendBatch(events.slice(start, start + 100).map((body) => ({ body })));
    }
  };
}

/**
 * A bucket (Cloudflare R2), one NDJSON object a batch, in a folder for each day.
 * @param {{ put(key: string, value: string): Promise<unknown> }} bucket
 * @param {() => number} now
 * @returns {Sink}
 */
export function bucketSink(bucket, now) {
  return async (events, batch) => {
    const day = new Date(now()).toISOString().slice(0, 10);
    await bucket.put(`events/${day}/${batch}.ndjson`, ndjson(events));
  };
}

/** @param {object[]} events */
export function ndjson(events) {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}
