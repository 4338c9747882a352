import { endpoints } from '@nightjar/collector/contract';
import type { Page } from 'playwright-core';
import type { Mood } from './fixtures/answer.ts';

export type Stop = Readonly<{
  name: string;
  path: string;
  /** A selector that tells the page is there. */
  ready: string;
  /** Only where fixtures answer. */
  mood?: Mood;
  act?: (page: Page) => Promise<void>;
}>;

/** Every page, with the ids that the collector at this address really has. */
export async function callList(address: string): Promise<Stop[]> {
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${address}/api/v1${path}`);
    return await answer.json();
  };
  const { services } = endpoints.services.response.parse(await read('/services'));
  const { findings } = endpoints.findings.response.parse(await read('/findings'));
  const service = encodeURIComponent(
    (services.find((one) => one.findings > 0) ?? services[0])?.service ?? 'none',
  );
  const finding = findings.find(({ kind }) => kind === 'n_plus_one') ?? findings[0];
  const trace = `/traces/${finding?.traceId ?? '0'.repeat(32)}`;
  const table = 'main table tbody tr';
  return [
    { name: 'services', path: '/', ready: table },
    { name: 'service', path: `/services/${service}`, ready: 'main .recharts-surface' },
    { name: 'service-findings', path: `/services/${service}?tab=findings`, ready: table },
    {
      name: 'service-doctor',
      path: `/services/${service}?tab=doctor`,
      ready: 'main [role=tabpanel] *',
      act: scrollToTab,
    },
    { name: 'traces', path: '/traces', ready: table },
    { name: 'trace', path: trace, ready: 'main [data-kind]' },
    { name: 'trace-panel', path: trace, ready: 'main [data-kind]', act: openGroup },
    { name: 'trace-table', path: `${trace}?tab=table`, ready: table },
    { name: 'trace-logs', path: `${trace}?tab=logs`, ready: 'main [role=tabpanel] *' },
    { name: 'findings', path: '/findings', ready: table },
    { name: 'finding', path: `/findings/${finding?.id ?? '0'.repeat(16)}`, ready: 'main .recharts-surface' },
    { name: 'database', path: '/database', ready: table },
    { name: 'queues', path: '/queues', ready: 'main h1' },
    { name: 'logs', path: '/logs', ready: 'main h1' },
    { name: 'alerts', path: '/alerts', ready: 'main h1' },
    { name: 'alerts-history', path: '/alerts?tab=history', ready: 'main h1' },
    ...(await alertStops(read)),
    { name: 'not-found', path: '/nowhere', ready: 'main h1' },
  ];
}

type Read = (path: string) => Promise<unknown>;

async function alertStops(read: Read): Promise<Stop[]> {
  const { rules } = endpoints.rules.response.parse(await read('/rules'));
  const { episodes } = endpoints.alerts.response.parse(await read('/alerts?from=now-7d'));
  const rule = `/alerts/rules/${encodeURIComponent(rules[0]?.uid ?? 'none')}`;
  const h1 = 'main h1';
  const chart = 'main .recharts-surface';
  return [
    { name: 'episode', path: `/alerts/episodes/${episodes[0]?.id ?? 'none'}`, ready: chart },
    { name: 'noise', path: '/alerts/noise?from=now-7d', ready: h1 },
    { name: 'rules', path: '/alerts/rules', ready: 'main table tbody tr' },
    { name: 'rule', path: rule, ready: chart },
    { name: 'rule-yaml', path: `${rule}?tab=yaml`, ready: 'main pre' },
    { name: 'rule-new', path: '/alerts/new-rule', ready: 'main form' },
    {
      name: 'rule-copy',
      path: `/alerts/new-rule?copy=${encodeURIComponent(rules[0]?.uid ?? '')}`,
      ready: chart,
    },
    { name: 'silences', path: '/alerts/silences', ready: h1 },
    { name: 'silence-new', path: '/alerts/new-silence?matchers=service%3D%22shop%22', ready: 'main form' },
    { name: 'channels', path: '/alerts/channels', ready: h1 },
  ];
}

/** States that a healthy collector does not show; only fixtures do. */
export const moodStops: readonly Stop[] = [
  { name: 'first-run', path: '/', ready: 'h1', mood: 'first' },
  { name: 'login', path: '/', ready: 'form', mood: 'login' },
  { name: 'empty', path: '/', ready: 'main h1', mood: 'empty' },
  { name: 'failing', path: '/', ready: '[role=alert]', mood: 'failing' },
];

async function scrollToTab(page: Page): Promise<void> {
  await page.locator('main [role=tablist]').evaluate((tabs) => tabs.scrollIntoView({ block: 'center' }));
}

async function openGroup(page: Page): Promise<void> {
  const group = page.locator('[data-kind=group] button[aria-pressed]').first();
  if ((await group.count()) > 0) await group.click();
  await page.waitForTimeout(400);
}
