import path from 'node:path';
import { lintRule, loadChannels, loadRoutes } from '@nightjar/alerts';
import type { RulesFolder } from '@nightjar/alerts';
import type { AlertRule } from '@nightjar/alerts/schema';
import { signalProblem } from '../query/signal-problem.ts';
import type { CollectorClient } from './collector-client.ts';

export interface CheckLine {
  readonly level: 'error' | 'warning';
  /** `rules/a.yaml:12` */
  readonly place: string;
  readonly message: string;
}

export interface CheckInput {
  readonly dir: string;
  readonly folder: RulesFolder;
  readonly client: CollectorClient | undefined;
}

/** All that is wrong or likely not meant, in the order of files and lines. */
export async function checkRules({ dir, folder, client }: CheckInput): Promise<CheckLine[]> {
  const place = (file: string, line?: number) =>
    `${path.join(dir, file)}${line === undefined ? '' : `:${line}`}`;
  // Whether a secret is set is a matter of the machine that runs the collector.
  const anySecret = () => 'https://set.where.the.collector.runs/0123456789';
  const { channels, problems } = await loadChannels(dir, {
    readSecret: anySecret,
    reserved: ['log', 'webhook'],
    policy: { isPrivateAllowed: true, allowed: [] },
  });
  const names = ['log', 'webhook', ...channels.map(({ name }) => name)];
  const routes = await loadRoutes(dir, names);
  const lines: CheckLine[] = [
    ...folder.problems.map(({ file, line, rule, message }) =>
      error(place(file, line), within(rule, message)),
    ),
    ...problems.map(({ file, channel, message }) => error(place(file), within(channel, message))),
    ...routes.problems.map(({ file, route, message }) => error(place(file), within(route, message))),
  ];
  const known = client === undefined ? undefined : new Set(await client.metricNames());
  for (const { rule, file, lineOf } of folder.placed) {
    const found = [
      ...lintRule(rule, { channels: names, routes: routes.routes.map(({ name }) => name) }),
      ...unmeasurable(rule),
      ...(known === undefined ? [] : unseen(rule, known)),
    ];
    for (const { level, path: at, message } of found) {
      const text = within(rule.uid, `${at.join('.')}: ${message}`);
      lines.push({ level, place: place(file, lineOf(at)), message: text });
    }
  }
  return lines;
}

type Lint = ReturnType<typeof lintRule>[number];

/** Labels that the signal does not have, found by making its statement. */
function unmeasurable(rule: AlertRule): Lint[] {
  const problem = signalProblem(rule);
  return problem === undefined ? [] : [{ level: 'error', path: ['signal'], message: problem }];
}

function unseen({ signal }: AlertRule, known: ReadonlySet<string>): Lint[] {
  const measured = signal.kind === 'baseline' ? signal.of : signal;
  if (measured.kind !== 'metric' || known.has(measured.name)) return [];
  const message = `no point of ${measured.name} arrived in the last 24 hours, so this rule has no data`;
  return [{ level: 'warning', path: ['signal', 'name'], message }];
}

function error(place: string, message: string): CheckLine {
  return { level: 'error', place, message };
}

function within(what: string | undefined, message: string): string {
  return what === undefined ? message : `${what}: ${message}`;
}
