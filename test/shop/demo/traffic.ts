import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from './random.ts';

export interface TrafficOptions {
  /** Where the shop is now; it moves when a release is rolled out. */
  readonly baseUrl: () => string;
  readonly seed: number;
  readonly requestsPerSecond: number;
  readonly signal: AbortSignal;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}
interface Visit {
  readonly weight: number;
  readonly call: (random: () => number) => Call;
}

const inFlightMax = 20;
const requestTimeoutMs = 20_000;
/** Rush: receipts are asked for faster than mails go out. Then the worker has time to catch up. */
const rushMs = 150_000;
const calmMs = 150_000;
const burstEveryMs = 10_000;
const burstReceipts = 45;

const get = (path: string) => (): Call => ({ method: 'GET', path });
const one = (random: () => number, max: number) => 1 + Math.floor(random() * max);
const receipt = (random: () => number): Call => ({
  method: 'POST',
  path: `/orders/${one(random, 300)}/receipt`,
});

const visits: readonly Visit[] = [
  { weight: 20, call: get('/products') },
  { weight: 8, call: get('/products/1') },
  { weight: 10, call: (random) => ({ method: 'GET', path: `/products/${one(random, 120)}` }) },
  { weight: 10, call: get('/orders') },
  { weight: 6, call: get('/orders/batched') },
  { weight: 4, call: get('/orders/in-query') },
  { weight: 6, call: get('/customers') },
  { weight: 6, call: get('/authors') },
  { weight: 3, call: get('/authors/with-books') },
  { weight: 4, call: get('/availability') },
  { weight: 3, call: get('/availability/batched') },
  { weight: 3, call: get('/coupons/spring') },
  // PGlite runs one statement at a time: while the slow one runs, all others wait.
  { weight: 0.4, call: get('/reports/revenue') },
  { weight: 2, call: () => ({ method: 'POST', path: '/stock/recount' }) },
  { weight: 8, call: (random) => ({ method: 'POST', path: '/checkout', body: basket(random) }) },
  { weight: 4, call: receipt },
];
const totalWeight = visits.reduce((sum, visit) => sum + visit.weight, 0);

function basket(random: () => number): object {
  const productIds = Array.from({ length: one(random, 4) }, () => one(random, 120));
  return { customerId: one(random, 80), productIds };
}

/** Visits the shop until the signal; answers do not matter, a shop that is away is tried again. */
export async function runTraffic(options: TrafficOptions): Promise<void> {
  const random = seededRandom(options.seed);
  const startedAt = Date.now();
  const open = new Set<Promise<void>>();
  let nextBurstAt = startedAt + 3_000;
  const begin = (call: Call) => {
    if (open.size >= inFlightMax) return;
    const visit = send(options, call).finally(() => open.delete(visit));
    open.add(visit);
  };
  while (!options.signal.aborted) {
    const isRush = (Date.now() - startedAt) % (rushMs + calmMs) < rushMs;
    if (isRush && Date.now() >= nextBurstAt) {
      nextBurstAt = Date.now() + burstEveryMs;
      await burst(options, random);
    }
    begin(pick(random));
    const pauseMs = (-Math.log(1 - random()) * 1_000) / options.requestsPerSecond;
    await delay(pauseMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
  await Promise.all(open);
}

async function burst(options: TrafficOptions, random: () => number): Promise<void> {
  for (let count = 0; count < burstReceipts; count += 5) {
    await Promise.all(Array.from({ length: 5 }, async () => await send(options, receipt(random))));
  }
}

function pick(random: () => number): Call {
  let mark = random() * totalWeight;
  for (const visit of visits) {
    mark -= visit.weight;
    if (mark < 0) return visit.call(random);
  }
  return { method: 'GET', path: '/products' };
}

async function send({ baseUrl, signal }: TrafficOptions, call: Call): Promise<void> {
  try {
    const response = await fetch(`${baseUrl()}${call.path}`, {
      method: call.method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      ...(call.body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(call.body) }),
    });
    await response.arrayBuffer();
  } catch {
    // The shop is being replaced, or the demo is ending.
  }
}
