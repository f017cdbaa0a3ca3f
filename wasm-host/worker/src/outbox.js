/** Events on their way home: consented events are gathered for a moment and handed on without delaying an answer. */

import { Shared, sleep } from "./deadline.js";
import { message as textOf } from "./loading.js";

/**
 * Takes a batch of events, or throws. Batch and id are the same at every try.
 * @typedef {(events: object[], batch: string) => Promise<void>} Sink
 */

const BATCH_MAX = 500;
const TRIES = 4;
const QUEUE_MESSAGES_MAX = 100;
/** Together the tries of a batch take less than the 30 s that platforms grant to work in the background. */
const TRY_MS = 5_000;
/** A flush that takes longer was dropped with the request that it belonged to. */
const FLUSH_MS_MAX = 60_000;

export class Outbox {
  /**
   * @param {Sink} sink
   * @param {{ delayMs: number, queueMax: number, retryMs: number, now: () => number, log: (event: string, fields: object) => void }} options
   */
  constructor(sink, options) {
    /** @private */
    this._sink = sink;
    /** @private */
    this._options = options;
    /** @private @type {object[]} */
    this._queue = [];
    /** @private */
    this._flushing = new Shared(() => this._flush(options.delayMs), FLUSH_MS_MAX, options.now);
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
    // A flush ends when nothing is left; what came in as it ended needs another.
    waitUntil(this._flushing.run().then(() => (this._queue.length > 0 ? this._flushing.run() : undefined)));
  }

  /** Hands on what is waiting, without a delay: a host that stops calls it last. */
  async drain() {
    await this._flush(0);
    if (this._flushing.isRunning) await this._flushing.run();
  }

  /**
   * @private
   * @param {number} delayMs
   */
  async _flush(delayMs) {
    if (delayMs > 0) await sleep(delayMs);
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
      signal: /** @type {any} */ (AbortSignal).timeout(TRY_MS),
    });
    if (!response.ok) throw new Error(`the collector answers ${response.status}`);
  };
}

/**
 * A message queue (Cloudflare Queues), one message an event. A batch that was taken in part goes on where it stopped.
 * @param {{ sendBatch(messages: { body: object }[]): Promise<unknown> }} queue
 * @returns {Sink}
 */
export function queueSink(queue) {
  /** @type {WeakMap<object[], number>} how many of a batch are there already */
  const sent = new WeakMap();
  return async (events) => {
    for (let start = sent.get(events) ?? 0; start < events.length; start += QUEUE_MESSAGES_MAX) {
      await queue.sendBatch(events.slice(start, start + QUEUE_MESSAGES_MAX).map((body) => ({ body })));
      sent.set(events, start + QUEUE_MESSAGES_MAX);
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
