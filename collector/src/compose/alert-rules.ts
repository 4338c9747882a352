import { openLiveRules } from '@nightjar/alerts';
import type { Engine, LiveRules, RuleBook, RuleOrigin, RuleStore } from '@nightjar/alerts';
import type { Logger } from 'pino';
import type { AlertDesk } from '../api/alerting/index.ts';
import type { Config } from '../config.ts';
import type { RuleSource, Rules } from '../contract/index.ts';
import { StartFailure } from '../errors.ts';

export interface RulesOptions {
  readonly config: Pick<Config, 'rulesDir'>;
  readonly ruleStore: RuleStore;
  readonly log: Logger;
}

/** Those of the folder and of the store, in force whenever they change. */
export async function openRules(
  { config, ruleStore, log }: RulesOptions,
  engine: Pick<Engine, 'apply'>,
): Promise<LiveRules> {
  const onChange = (book: RuleBook) => engine.apply(book);
  const live = await openLiveRules({ dir: config.rulesDir, store: ruleStore, log, onChange });
  const book = live.book();
  const unreadable = book.problems.find(({ code }) => code === 'directory_unreadable');
  if (unreadable !== undefined) {
    await live.close();
    const problem = unreadable.message.replace(/^file: /, '');
    throw new StartFailure('config_invalid', `NIGHTJAR_RULES_DIR=${config.rulesDir}: ${problem}`);
  }
  for (const problem of book.problems) log.error({ ...problem }, 'alert rule not loaded');
  engine.apply(book);
  return live;
}

export function listRules(
  book: RuleBook,
  channelProblems: Rules['problems'],
): ReturnType<AlertDesk['listRules']> {
  return {
    rules: book.rules,
    sourceOf: (uid) => sourceOf(book.origins.get(uid)),
    problems: [...book.problems.map(problemOf), ...channelProblems],
  };
}

function sourceOf(origin: RuleOrigin | undefined): RuleSource {
  if (origin?.kind === 'ui')
    return { kind: 'ui', changedAt: origin.changedAtMs, changedBy: origin.changedBy };
  const line = origin?.line ?? null;
  return { kind: 'file', path: `${origin?.file ?? 'a file'}${line === null ? '' : `:${line}`}` };
}

function problemOf({ file, line, rule, message }: RuleBook['problems'][number]): Rules['problems'][number] {
  const place = line === undefined ? file : `${file}:${line}`;
  return { path: rule === undefined ? place : `${place} ${rule}`, problem: message };
}
