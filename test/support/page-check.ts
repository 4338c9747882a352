import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { repositoryDir } from './paths.ts';

export interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}
export const looks = [
  { width: 1440, colorScheme: 'light' },
  { width: 1440, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const satisfies readonly Look[];

export interface PageFacts {
  /** Errors on the console, uncaught ones, answers of 500 and above. */
  readonly errors: readonly string[];
  /** Serious and critical violations, as `rule: selector`. */
  readonly axe: readonly string[];
  /** Pixels by which the body can be scrolled sideways. */
  readonly sidewaysPx: number;
}
export interface PageCheck {
  readonly url: string;
  /** Name of the screenshot; absent: none is taken. */
  readonly name?: string;
  /** The page is there when it shows this. */
  readonly shows: string;
  readonly look: Look;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeResults = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullish(),
      nodes: z.array(z.object({ target: z.array(z.unknown()) })),
    }),
  ),
});
const heightPx = 900;
const shownTimeoutMs = 20_000;

/** Opens the page as a visitor with that screen would, waits until it is filled, and looks at it. */
export async function checkPage(browser: Browser, { url, name, shows, look }: PageCheck): Promise<PageFacts> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: heightPx },
    colorScheme: look.colorScheme,
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    const errors = listenForErrors(page);
    await page.goto(url);
    await waitForText(page, shows);
    await waitUntilFilled(page);
    if (name !== undefined && process.env['NIGHTJAR_SCREENSHOTS'] === '1') {
      const file = `${name}-${look.width}-${look.colorScheme}.png`;
      await page.screenshot({ path: join(repositoryDir, 'docs/images', file) });
    }
    return { errors, axe: await axeViolations(page), sidewaysPx: await sideways(page) };
  } finally {
    await context.close();
  }
}

export async function waitForText(page: Page, text: string): Promise<void> {
  try {
    const shown = page.getByText(text).filter({ visible: true }).first();
    await shown.waitFor({ timeout: shownTimeoutMs });
  } catch (error) {
    const seen = (await page.locator('body').innerText()).slice(0, 1_500);
    throw new Error(`${page.url()} never showed "${text}". It shows:\n${seen}`, { cause: error });
  }
}

/** Skeletons say that they load; the page is filled when none is left. */
async function waitUntilFilled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page
    .getByRole('status', { name: 'Loading' })
    .first()
    .waitFor({ state: 'detached', timeout: shownTimeoutMs });
}

function listenForErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 500) errors.push(`${response.status()} ${response.url()}`);
  });
  return errors;
}

async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const results = axeResults.parse(await page.evaluate("axe.run(document, { resultTypes: ['violations'] })"));
  return results.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}`));
}

async function sideways(page: Page): Promise<number> {
  const root = 'document.documentElement';
  return z.number().parse(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`));
}
