import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { alertRule } from '@nightjar/alerts/schema';

export interface FakeCollector {
  /** With the login in it. */
  readonly url: string;
  close(): void;
}

/** Runs two rules of files and one of the dashboard, behind a login; previews by threshold. */
export async function openFakeCollector(): Promise<FakeCollector> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const path = request.url?.split('?')[0] ?? '';
      const isLogin = path === '/api/v1/session' && request.method === 'POST';
      const isKnown = isLogin || request.headers.cookie === 'nightjar=1';
      const value = isKnown ? answerTo(path, body) : refusal;
      const headers = { 'content-type': 'application/json', 'set-cookie': 'nightjar=1; Path=/' };
      response.writeHead(isKnown ? 200 : 401, headers).end(JSON.stringify(value));
    });
  });
  const port = await listen(server);
  return {
    url: `http://ada:secret@127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const refusal = { error: { code: 'unauthorised', message: 'log in', remedy: '' } };

function answerTo(path: string, body: string): unknown {
  switch (path) {
    case '/api/v1/rules':
      return running;
    case '/api/v1/rules/export':
      return { yaml: 'rules: []\n', rules: 0 };
    case '/api/v1/metrics':
      return { metrics: [] };
    case '/api/v1/rules/preview':
      return preview(body.includes('"threshold":300') ? 9 : 2);
    default:
      return {};
  }
}

const rule = (uid: string, threshold: number) =>
  alertRule.parse({
    uid,
    name: uid,
    signal: { kind: 'latency', quantile: 0.5 },
    groupBy: ['service'],
    schedule: { every: '1m', delay: '0s', window: '1m' },
    guard: { minSamples: 2 },
    conditions: [{ severity: 'critical', threshold }],
  });

const fact = (uid: string, source: object) => ({
  uid,
  source,
  groups: 0,
  firing: 0,
  pending: 0,
  lastVerdict: null,
  reason: null,
  evaluatedAt: null,
  lastFiredAt: null,
});

const running = {
  rules: [rule('slow', 300), rule('gone', 1), rule('mine', 1)],
  facts: [
    fact('slow', { kind: 'file', path: 'a' }),
    fact('gone', { kind: 'file', path: 'a' }),
    fact('mine', { kind: 'ui', changedAt: 1, changedBy: null }),
  ],
  problems: [],
};

const preview = (pages: number) => ({
  ruleUid: 'slow',
  from: 0,
  to: 1,
  everyMs: 60_000,
  ticks: 10_080,
  unit: 'ms',
  resolution: 'minute',
  groups: { seen: 3, watched: 3 },
  isPartial: false,
  noise: { pages, short: 1, firingMs: 600_000, flaps: 0 },
  summary: `In the last 7 days this would have fired ${pages} times.`,
  episodes: [
    {
      kind: 'condition',
      severity: 'critical',
      group: { service: 'shop' },
      activeAt: 0,
      firedAt: Date.UTC(2026, 0, 5),
      resolvedAt: Date.UTC(2026, 0, 5, 0, 5),
      resolveReason: 'ok',
      value: 900,
      samples: 7,
      worst: 950,
      reason: '900 ms is above 500 ms',
    },
  ],
  episodesTotal: pages,
  series: [],
  verdicts: {},
  suggestions: [
    { change: 'for: 5m', patch: { for: '5m' }, noise: { pages: 0, short: 0, firingMs: 0, flaps: 0 } },
  ],
  explained: [],
  tookMs: 12,
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
