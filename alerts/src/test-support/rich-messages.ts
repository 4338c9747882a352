import type { Notification } from '../../schema/index.ts';
import { at, notificationOf } from '../store-contract/samples.ts';

const trace = {
  traceId: 'ab'.repeat(16),
  operation: 'GET /cart',
  startMs: at,
  durationMs: 2_310.4,
  isError: true,
  queries: 41,
  url: 'http://127.0.0.1:3400/traces/abab',
};
export const rich = notificationOf({
  annotations: { summary: 'Checkout is slow' },
  facts: [
    { name: 'Where', value: 'service shop' },
    { name: 'Value', value: '2,000 ms over the last 5 min, threshold > 1,000 ms' },
  ],
  notes: ['It is only a test.'],
  episodeUrl: 'http://127.0.0.1:3400/alerts/episodes/e',
  runbook: 'https://wiki.example/x',
  evidence: {
    fromMs: at - 300_000,
    toMs: at,
    requests: { total: 120, bad: 35 },
    traces: [trace, { ...trace, isError: false, queries: null }, { ...trace, operation: '<b>&|' }],
    difference: { attribute: 'http.route', value: '/cart', badShare: 0.92, otherShare: 0.13 },
    release: { service: 'shop', version: '1.4.2', firstSeenMs: at - 2_100_000 },
    findings: [{ title: 'N+1 on items', callSite: 'cart.ts:12', firstSeenMs: at, url: 'http://127.0.0.1/f' }],
    statements: [{ text: 'SELECT *\n FROM items', firstSeenMs: at, calls: 4_100, url: 'http://127.0.0.1/s' }],
  },
});
const listed = ({ text: _text, evidence: _e, notes: _n, seq: _s, group: _g, ...alert }: Notification) =>
  alert;
const many = Array.from({ length: 100 }, (_, index) =>
  listed(
    notificationOf({ dedupKey: `k${index}`, title: `Critical: p95 (service ${index}) ${'x'.repeat(300)}` }),
  ),
);
export const grouped = notificationOf({
  facts: many.map(({ title }) => ({ name: 'Fires', value: title })),
  notes: Array.from({ length: 30 }, (_, index) => `note ${index}`),
  group: { labels: { service: 'shop' }, firing: 100, resolved: 0, alerts: many, unlisted: 7 },
});
