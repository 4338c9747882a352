import { Worker } from 'node:worker_threads';

/** One OTLP request, ready to be posted. */
export interface Letter {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isGzip: boolean;
  readonly body: Uint8Array;
}

/** On a starved machine the start alone takes longer than the whole wait. */
const START_MS_MAX = 1_000;
/** What a thread that was so late still gets. */
const SEND_MS_MIN = 250;

/**
 * Posts while the process ends and its event loop turns no more: a thread of its own sends, this one waits for it, at most
 * `waitMs`, and longer only where the thread was late to start. Never throws; what could not be sent is lost with the
 * process. Costs about 60 ms of start-up, so it is for the end alone.
 */
export function sendAtOnce(letters: readonly Letter[], waitMs: number): void {
  if (letters.length === 0) return;
  try {
    const pending = new Int32Array(new SharedArrayBuffer(8));
    pending[LEFT] = letters.length;
    // Nothing of the app's start is repeated in there: no preloads, no NODE_OPTIONS, no standard streams.
    const thread = new Worker(SENDER, {
      eval: true,
      execArgv: [],
      env: {},
      stdin: false,
      workerData: { letters, pending, waitMs },
    });
    thread.unref();
    thread.on('error', () => undefined);
    awaitLetters(pending, waitMs);
    void thread.terminate();
  } catch {
    // A process without threads to give, or without permission for them, ends as it would have.
  }
}

const LEFT = 0;
const IS_RUNNING = 1;

function awaitLetters(pending: Int32Array, waitMs: number): void {
  const beganMs = performance.now();
  Atomics.wait(pending, IS_RUNNING, 0, Math.max(waitMs, START_MS_MAX));
  const deadlineMs = Math.max(beganMs + waitMs, performance.now() + SEND_MS_MIN);
  for (let left = Atomics.load(pending, LEFT); left > 0; left = Atomics.load(pending, LEFT)) {
    const restMs = deadlineMs - performance.now();
    if (restMs <= 0 || Atomics.wait(pending, LEFT, left, restMs) === 'timed-out') return;
  }
}

const SENDER = `
const { workerData: { letters, pending, waitMs } } = require('node:worker_threads');
Atomics.store(pending, ${IS_RUNNING}, 1);
Atomics.notify(pending, ${IS_RUNNING});
const { gzipSync } = require('node:zlib');
for (const { url, headers, isGzip, body } of letters) {
  let isDone = false;
  const done = () => {
    if (isDone) return;
    isDone = true;
    Atomics.sub(pending, ${LEFT}, 1);
    Atomics.notify(pending, ${LEFT});
  };
  try {
    const payload = isGzip ? gzipSync(body, { level: 1 }) : body;
    const { request } = url.startsWith('https:') ? require('node:https') : require('node:http');
    const post = request(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': payload.byteLength },
      timeout: waitMs,
    });
    post.on('response', (response) => response.on('close', done).resume()).on('error', done).end(payload);
  } catch {
    done();
  }
}
`;
