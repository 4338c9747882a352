import { setTimeout as delay } from 'node:timers/promises';
import type { Pipeline } from './pipeline.ts';

const SPANS_A_BATCH = 5;
const RETRY_PAUSE_MS = 40;
const ANSWER_TIMEOUT_MS = 5_000;
const RUN = Date.now().toString(16).padStart(16, '0');

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
}

export interface Audit {
  readonly stored: number;
  readonly faults: readonly string[];
}

/**
 * Writes down every span that a collector has acknowledged, and holds the tables against it: each acknowledged one is there, and
 * none twice. A span's name is its number.
 */
export class Ledger {
  readonly #acknowledged = new Set<string>();
  readonly #sent = new Set<string>();
  #next = 0;
  resent = 0;

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** Sends a new batch once. */
  async send(url: string): Promise<Answer> {
    return await this.#attempt(url, this.#take());
  }

  /** Sends a new batch, byte for byte again until it is acknowledged; false when `isOver` says so before. */
  async sendUntilKept(url: string, isOver: () => boolean): Promise<boolean> {
    const names = this.#take();
    for (let attempt = 0; !isOver(); attempt += 1) {
      if (attempt > 0) this.resent += 1;
      const answer = await this.#attempt(url, names).catch(() => undefined);
      if (answer?.status === 200) return true;
      await delay(RETRY_PAUSE_MS);
    }
    return false;
  }

  /** Holds the tables against the ledger: acknowledged and not there, there twice, never sent, counted otherwise by the rollup. */
  async audit(pipeline: Pipeline): Promise<Audit> {
    const rows = await pipeline.rows("SELECT name FROM spans WHERE service = 'ledger'");
    const stored = rows.map(({ name }) => String(name));
    const known = new Set(stored);
    const lost = [...this.#acknowledged].filter((name) => !known.has(name));
    const unknown = stored.filter((name) => !this.#sent.has(name));
    const [rollup] = await pipeline.rows(
      "SELECT sum(samples) AS samples FROM operation_minutes WHERE service = 'ledger'",
    );
    const faults = [
      ...lost.map((name) => `${name} is lost`),
      ...(stored.length > known.size ? [`${stored.length - known.size} are stored twice`] : []),
      ...unknown.map((name) => `${name} was never sent`),
      ...(rollup?.['samples'] === stored.length ? [] : [`the rollup counted ${JSON.stringify(rollup)}`]),
    ];
    return { stored: stored.length, faults };
  }

  #take(): readonly string[] {
    const names = Array.from({ length: SPANS_A_BATCH }, () => `n${(this.#next += 1)}`);
    for (const name of names) this.#sent.add(name);
    return names;
  }

  async #attempt(url: string, names: readonly string[]): Promise<Answer> {
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: batchOf(names),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    await response.arrayBuffer();
    if (response.status === 200) for (const name of names) this.#acknowledged.add(name);
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  }
}

const bodies = new Map<string, string>();

/** The same bytes for the same names: whoever retries sends what it sent. */
function batchOf(names: readonly string[]): string {
  const key = names[0] ?? '';
  const known = bodies.get(key);
  if (known !== undefined) return known;
  const nowNs = `${Date.now()}000000`;
  const spans = names.map((name) => ({
    traceId: RUN + Number(name.slice(1)).toString(16).padStart(16, '0'),
    spanId: Number(name.slice(1)).toString(16).padStart(16, '0'),
    name,
    kind: 2,
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
    attributes: [
      { key: 'http.request.method', value: { stringValue: 'GET' } },
      { key: 'http.route', value: { stringValue: '/ledger' } },
    ],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ledger' } }] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
  bodies.set(key, body);
  return body;
}
