/**
 * Limits of time. Platforms drop the timers and the I/O of a request that has ended, and what waits for them then waits for ever: nothing
 * that several requests share may wait without a limit of its own.
 */

/** @param {number} ms @returns {Promise<void>} */
export function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

/**
 * The result of `task`, or an error after `ms`; the signal tells the task that it has been given up.
 * @template T
 * @param {number} ms
 * @param {(signal: AbortSignal) => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function within(ms, task) {
  const abort = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      abort.abort();
      reject(new Error(`not done within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([task(abort.signal), /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}

/** A task that all who ask for it share while it runs. One that has run for longer than `msMax` is taken for dropped, and begun again. */
export class Shared {
  /**
   * @param {() => Promise<void>} task
   * @param {number} msMax
   * @param {() => number} now
   */
  constructor(task, msMax, now) {
    /** @private */
    this._task = task;
    /** @private */
    this._msMax = msMax;
    /** @private */
    this._now = now;
    /** @private @type {Promise<void> | null} */
    this._running = null;
    /** @private */
    this._since = 0;
  }

  get isRunning() {
    return this._running !== null;
  }

  run() {
    const now = this._now();
    if (this._running && now - this._since <= this._msMax) return this._running;
    const running = this._task().finally(() => {
      if (this._running === running) this._running = null;
    });
    this._running = running;
    this._since = now;
    return running;
  }

  /**
   * Runs it, and waits until it is done or was begun `ms` ago.
   * @param {number} ms
   * @param {(promise: Promise<unknown>) => void} waitUntil
   */
  async runAwaiting(ms, waitUntil) {
    const running = this.run();
    waitUntil(running);
    const left = ms - (this._now() - this._since);
    if (left > 0) await within(left, () => running).catch(() => {});
  }
}
