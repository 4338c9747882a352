import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededChromium } from '../support/chromium.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { plainRequest, sendTraces } from '../support/otlp.ts';
import { waitForText } from '../support/page-check.ts';
import { tempDir, type TempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { provide } from '../support/services.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

// What somebody on call does with the dashboard, in a real browser against a real collector.

const rules = `
rules:
  - uid: latency
    name: p95 latency
    signal: { kind: latency, quantile: 0.95 }
    schedule: { every: 1s, delay: 1s, window: 10s }
    groupBy: [service]
    guard: { minSamples: 5 }
    conditions: [{ severity: critical, threshold: 500 }]
`;

const browser = await provide(neededChromium);
const ending = new AbortController();
const faults: string[] = [];
let collector: Collector;
let receiver: WebhookReceiver;
let dir: TempDir;
let traffic: Promise<void>;
let page: Page;

describe.skipIf(browser === undefined)('in Chromium', () => {
  beforeAll(async () => {
    if (browser === undefined) return;
    dir = tempDir('rules');
    writeFileSync(join(dir.path, 'test.yaml'), rules);
    receiver = await startWebhookReceiver();
    collector = await startCollector({
      env: { NIGHTJAR_RULES_DIR: dir.path, NIGHTJAR_WEBHOOK_URL: receiver.url },
    });
    traffic = sendSlowRequests();
    page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('response', (response) => {
      if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
    });
    await until(
      async () => (await collector.get('alerts')).alerts.filter(({ state }) => state === 'firing'),
      (firing) => firing.length === 1,
      { what: 'the alert to fire', timeoutMs: 40_000 },
    );
  });
  afterAll(async () => {
    ending.abort();
    await traffic;
    await browser?.close();
    await collector?.stop();
    await receiver?.close();
    dir?.remove();
  });

  it('acknowledges by keyboard, and the episode tells of it', async () => {
    await open('/alerts');
    await page.getByLabel('Your name').fill('ada');
    await page.getByRole('button', { name: 'Acknowledge' }).press('Enter');
    await waitForText(page, 'ack ada');
    await page.getByRole('link', { name: 'p95 latency' }).click();
    await waitForText(page, 'ada acknowledged it');
    await waitForText(page, 'webhook was told (trigger)');
    await page.locator('main .recharts-surface').first().waitFor();
    expect((await firing())?.acknowledged?.by).toBe('ada');
  });

  it('silences what it looks at, and ends the silence', async () => {
    await open('/alerts');
    await page.getByRole('button', { name: 'Silence' }).click();
    await waitForText(page, '1 alert matches now');
    await page.getByLabel('Why').fill('deploy');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await waitForText(page, 'rule_uid="latency"');
    expect((await firing())?.silencedBy).toHaveLength(1);
    await open('/alerts');
    await waitForText(page, 'silenced');
    await open('/alerts/silences');
    await page.getByRole('button', { name: 'End now' }).click();
    await waitForText(page, 'Nothing is silenced');
    expect((await firing())?.silencedBy).toEqual([]);
  });

  it('makes a rule: the problem stands at its field, the preview before it pages, and it is in force', async () => {
    await open('/alerts/new-rule');
    await page.getByLabel('Name').fill('Slow web');
    expect(await page.getByLabel('Id', { exact: false }).first().inputValue()).toBe('slow-web');
    const threshold = page.getByLabel('threshold, warning');
    await threshold.fill('much');
    await waitForText(page, 'wrong type, write a value of type number');
    await threshold.fill('100');
    await page.getByLabel('For at least').fill('0s');
    await page.getByLabel('At least so many requests').fill('1');
    await page.getByRole('tab', { name: 'YAML' }).click();
    await until(
      async () => await page.getByRole('textbox', { name: 'The rule as YAML' }).inputValue(),
      (yaml) => yaml.includes('uid: slow-web') && yaml.includes('threshold: 100'),
      { what: 'the rule as YAML' },
    );
    await waitForText(page, 'In the last 14 days this would');
    await page.getByRole('button', { name: 'Save the rule' }).click();
    await waitForText(page, 'made here');
    expect((await collector.get('rules')).rules.map(({ uid }) => uid)).toEqual(['latency', 'slow-web']);
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByRole('button', { name: 'Switch on' }).waitFor();
    await page.getByRole('button', { name: 'More actions' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Rules' }).waitFor();
    expect((await collector.get('rules')).rules.map(({ uid }) => uid)).toEqual(['latency']);
  });

  it('sends a test to a channel and says what came of it', async () => {
    await open('/alerts/channels');
    const row = page.getByRole('row', { name: /webhook/ });
    await row.getByRole('button', { name: 'Send a test' }).click();
    await row.getByText(/delivered in/).waitFor();
    expect(receiver.deliveries().some(({ body }) => JSON.stringify(body).includes('test'))).toBe(true);
  });

  it('threw nothing and was refused nothing on the way', () => {
    expect(faults).toEqual([]);
  });
});

async function firing() {
  return (await collector.get('alerts')).alerts.find(({ state }) => state === 'firing');
}

async function open(path: string): Promise<void> {
  await page.goto(new URL(path, collector.dashboard).href);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

async function sendSlowRequests(): Promise<void> {
  while (!ending.signal.aborted) {
    for (let count = 0; count < 3; count++)
      await sendTraces(
        collector.otlpHttp,
        plainRequest({ service: 'web', operation: 'GET /', durationMs: 900, isError: false }),
      );
    await delay(400, undefined, { signal: ending.signal }).catch(() => undefined);
  }
}
