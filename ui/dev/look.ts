// Opens every page of a running dashboard at desk and phone width, light and dark, writes a picture of each and tells of
// what axe calls serious, of errors in the console and of anything wider than the screen.
//   npm run look -w ui -- <address> <folder> [page…]      first-run, login, empty, failing: only by name, with fixtures
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { callList, moodStops } from './pages-to-look-at.ts';
import type { Stop } from './pages-to-look-at.ts';

const [address = 'http://127.0.0.1:5173', folder = 'test/.artifacts/ui', ...wanted] = process.argv.slice(2);
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
];
const settleMs = 15_000;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
let faults = 0;
try {
  const stops = [...(await callList(address)), ...moodStops].filter(({ name, mood }) =>
    wanted.length === 0 ? mood === undefined : wanted.includes(name),
  );
  for (const scheme of ['light', 'dark'] as const) {
    for (const size of sizes) {
      for (const stop of stops) faults += await lookAt(browser, { stop, scheme, size });
    }
  }
} finally {
  await browser.close();
}
process.exitCode = faults === 0 ? 0 : 1;

type Look = Readonly<{ stop: Stop; scheme: 'light' | 'dark'; size: (typeof sizes)[number] }>;

async function lookAt(browser: Browser, { stop, scheme, size }: Look): Promise<number> {
  const context = await browser.newContext({ viewport: size, colorScheme: scheme, reducedMotion: 'reduce' });
  if (stop.mood !== undefined)
    await context.addCookies([{ name: 'fixtures', value: stop.mood, url: address }]);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`threw: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && stop.mood !== 'failing') problems.push(`console: ${message.text()}`);
  });
  await page.goto(address + stop.path);
  await page.waitForSelector(stop.ready, { timeout: settleMs });
  await page.waitForLoadState('networkidle');
  await stop.act?.(page);
  await page.screenshot({ path: join(folder, `${stop.name}-${size.name}-${scheme}.png`) });
  problems.push(...(await accessibilityProblems(page)), ...(await overflowProblems(page)));
  await context.close();
  for (const problem of problems) process.stdout.write(`${stop.name} ${size.name} ${scheme}: ${problem}\n`);
  return problems.length;
}

type AxeResult = Readonly<{
  violations: readonly Readonly<{
    id: string;
    impact: string;
    nodes: readonly Readonly<{ html: string }>[];
  }>[];
}>;

async function accessibilityProblems(page: Page): Promise<string[]> {
  // Evaluated, not added as a tag: the policy of a real collector forbids the tag.
  await page.evaluate(axeSource);
  const result: AxeResult = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return result.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `axe ${id} × ${nodes.length}: ${nodes[0]?.html.slice(0, 200) ?? ''}`);
}

async function overflowProblems(page: Page): Promise<string[]> {
  const excess: number = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return excess > 0 ? [`${excess} px wider than the screen`] : [];
}
