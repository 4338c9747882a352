// Promise: the rules that run are those of the folder and of the store, at most a debounce and a read behind them; what
// cannot be read keeps its last good form.
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Logger } from 'pino';
import type { AlertRule, Inhibition } from '../schema/index.ts';
import { readRulesFolder, rulesMax } from './load-rules.ts';
import type { RulesFolder } from './load-rules.ts';
import type { RuleProblem } from './parse-rules.ts';
import type { KeptRules, RuleStore } from './rule-store.ts';

/** Editors write a file in several steps. */
export const debounceMsDefault = 200;
/** Network file systems tell nothing, and other collectors write to a shared store. */
export const rescanEveryMsDefault = 30_000;

export type RuleOrigin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number | null }
  | { readonly kind: 'ui'; readonly changedAtMs: number; readonly changedBy: string | null };

export interface RuleBook {
  readonly rules: readonly AlertRule[];
  readonly inhibitions: readonly Inhibition[];
  readonly problems: readonly RuleProblem[];
  /** False when something could not be read: a rule that is missing then is not taken for deleted. */
  readonly isComplete: boolean;
  readonly origins: ReadonlyMap<string, RuleOrigin>;
}

export interface LiveRulesOptions {
  readonly dir: string;
  readonly store: RuleStore;
  readonly log: Logger;
  /** Called with each book that differs from the one before. */
  readonly onChange: (book: RuleBook) => void;
  readonly debounceMs?: number;
  readonly rescanEveryMs?: number;
}

export interface LiveRules {
  book(): RuleBook;
  /** Reads folder and store now; resolves once what they hold is in force. */
  reload(): Promise<RuleBook>;
  close(): Promise<void>;
}

/** Reads once before it resolves, then follows changes. Does not call `onChange` for the first book. */
export async function openLiveRules(options: LiveRulesOptions): Promise<LiveRules> {
  const { dir, store, log, onChange } = options;
  let folder: RulesFolder | undefined;
  let book = await read();
  let running: Promise<unknown> = Promise.resolve();
  let debounce: NodeJS.Timeout | undefined;
  let isClosed = false;
  const watcher = watchFolder(dir, soon, log);
  const rescan = setInterval(() => void settled(reload()), options.rescanEveryMs ?? rescanEveryMsDefault);
  rescan.unref();

  return {
    book: () => book,
    reload,
    close: async () => {
      isClosed = true;
      clearTimeout(debounce);
      clearInterval(rescan);
      watcher?.close();
      await settled(running);
    },
  };

  function soon(): void {
    clearTimeout(debounce);
    debounce = setTimeout(() => void settled(reload()), options.debounceMs ?? debounceMsDefault);
    debounce.unref();
  }

  // One at a time: an older reading never comes after a newer one.
  async function reload(): Promise<RuleBook> {
    const turn = followAfter(running);
    running = turn;
    return await turn;
  }

  async function followAfter(earlier: Promise<unknown>): Promise<RuleBook> {
    await settled(earlier);
    if (isClosed) return book;
    const next = await read();
    if (fingerprintOf(next) === fingerprintOf(book)) return book;
    book = next;
    for (const problem of next.problems) log.error({ ...problem }, 'alert rule not loaded');
    log.info({ rules: next.rules.length, problems: next.problems.length }, 'alert rules changed');
    onChange(next);
    return next;
  }

  async function settled(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      log.error({ err: error }, 'alert rules could not be read, those that run stay');
    }
  }

  async function read(): Promise<RuleBook> {
    const next = await readRulesFolder(dir, folder?.lastGood);
    const isFolderGone = next.problems.some(({ code }) => code === 'directory_unreadable');
    const files = isFolderGone && folder !== undefined ? { ...folder, problems: next.problems } : next;
    folder = files;
    return joinRules(files, await store.list());
  }
}

/** Rules of files and of the dashboard as one set; a file wins where both have a uid. */
export function joinRules(folder: RulesFolder, kept: KeptRules): RuleBook {
  const rules = folder.placed.map(({ rule }) => rule);
  const origins = new Map<string, RuleOrigin>(
    folder.placed.map(({ rule, file, line }) => [rule.uid, { kind: 'file', file, line: line ?? null }]),
  );
  const problems: RuleProblem[] = [...folder.problems];
  for (const { rule, changedAtMs, changedBy } of kept.rules) {
    const refuse = (code: RuleProblem['code'], message: string) =>
      problems.push({ code, file: 'dashboard', rule: rule.uid, message });
    const other = origins.get(rule.uid);
    if (other?.kind === 'file')
      refuse('uid_taken', `uid: ${rule.uid} is a rule in ${other.file}, which wins; remove one of the two`);
    else if (rules.length >= rulesMax)
      refuse('too_many_rules', `rule: there are more than ${rulesMax} rules, group by a label instead`);
    else {
      rules.push(rule);
      origins.set(rule.uid, { kind: 'ui', changedAtMs, changedBy });
    }
  }
  for (const { uid, problem } of kept.unreadable)
    problems.push({ code: 'kept_rule_unreadable', file: 'dashboard', rule: uid, message: problem });
  // That two hold the same uid hides no rule: what is missing then is deleted.
  const isComplete = problems.every(({ code }) => code === 'uid_taken');
  return { rules, inhibitions: folder.inhibitions, problems, isComplete, origins };
}

function watchFolder(dir: string, onEvent: () => void, log: Logger): FSWatcher | undefined {
  try {
    const watcher = watch(dir, { persistent: false }, onEvent);
    watcher.on('error', (error) => {
      log.warn({ err: error }, 'rule folder cannot be watched, it is read from time to time');
      watcher.close();
    });
    return watcher;
  } catch (error) {
    log.warn({ err: error }, 'rule folder cannot be watched, it is read from time to time');
    return undefined;
  }
}

function fingerprintOf({ rules, inhibitions, problems, origins }: RuleBook): string {
  return JSON.stringify([rules, inhibitions, problems, [...origins]]);
}
