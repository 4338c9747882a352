import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededChromium } from '../support/chromium.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { plainRequest, sendTraces } from '../support/otlp.ts';
import { checkPage, looks, waitForText } from '../support/page-check.ts';
import { provide } from '../support/services.ts';

const browser = await provide(neededChromium);
const waiting = 'Waiting for the first span';

describe.skipIf(browser === undefined)('the first-run page in Chromium', () => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await startCollector();
  });
  afterAll(async () => {
    await browser?.close();
    await collector?.stop();
  });

  it.each(looks.map((look) => [look.width, look.colorScheme, look] as const))(
    'is sound at %i px, %s',
    async (_width, _scheme, look) => {
      if (browser === undefined) return;
      const check = { url: collector.dashboard, name: 'first-run', shows: waiting, look };
      expect(await checkPage(browser, check)).toEqual({ errors: [], axe: [], sidewaysPx: 0 });
    },
  );

  it('sees what is wrong with a page', async () => {
    if (browser === undefined) return;
    const html = `<title>t</title><div style="width:3000px">wide</div><img src="data:,"><script>fail()</script>`;
    const url = `data:text/html,${encodeURIComponent(html)}`;
    const facts = await checkPage(browser, { url, shows: 'wide', look: looks[2] });
    expect(facts.errors.join()).toContain('fail is not defined');
    expect(facts.axe.join()).toContain('image-alt');
    expect(facts.sidewaysPx).toBeGreaterThan(1_000);
  });

  it('names the line that instruments an app, and turns into the dashboard when a span arrives', async () => {
    if (browser === undefined) return;
    const page = await browser.newPage();
    await page.goto(collector.dashboard);
    await waitForText(page, waiting);
    const { instrumentCommand } = await collector.get('health');
    await waitForText(page, instrumentCommand);
    await sendTraces(
      collector.otlpHttp,
      plainRequest({ service: 'first-service', operation: 'GET /hello', durationMs: 12 }),
    );
    await waitForText(page, 'first-service');
    expect(await page.getByText(waiting).count()).toBe(0);
    await page.close();
  });
});
