import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { AlertRule, Inhibition } from '../schema/index.ts';
import { channelsFileName } from './load-channels.ts';
import { routesFileName } from './load-routes.ts';
import { parseRuleFile } from './parse-rules.ts';
import type { ParsedFile, PlacedRule, RuleProblem } from './parse-rules.ts';

export type { RuleProblem, RuleProblemCode } from './parse-rules.ts';

export const ruleFilesMax = 200;
export const ruleFileBytesMax = 1_000_000;
export const rulesMax = 1_000;
export const inhibitionsMax = 100;

export interface LoadedRules {
  readonly rules: readonly AlertRule[];
  readonly inhibitions: readonly Inhibition[];
  readonly problems: readonly RuleProblem[];
}

export interface RulesFolder extends LoadedRules {
  /** The rules with where they stand, in the same order. */
  readonly placed: readonly (PlacedRule & { readonly file: string })[];
  /** What each file held when it could last be read: what a broken one falls back to. */
  readonly lastGood: ReadonlyMap<string, ParsedFile>;
}

/** Reads every *.yaml of the folder but those of channels and routes, in the order of names. What is wrong is returned, the rest loads. */
export async function loadRules(dir: string): Promise<LoadedRules> {
  const { rules, inhibitions, problems } = await readRulesFolder(dir);
  return { rules, inhibitions, problems };
}

/**
 * The same, told what was there before: rules that a person broke while editing go on as they last were, until the file is
 * in order again. A file that is gone takes its rules with it.
 */
export async function readRulesFolder(
  dir: string,
  before: ReadonlyMap<string, ParsedFile> = new Map(),
): Promise<RulesFolder> {
  const problems: RuleProblem[] = [];
  const lastGood = new Map<string, ParsedFile>();
  const files: { readonly file: string; readonly parsed: ParsedFile }[] = [];
  for (const file of await ruleFiles(dir, problems)) {
    const text = await readText(path.join(dir, file), problems);
    const now = text === undefined ? undefined : parseRuleFile(text, file);
    if (now !== undefined) problems.push(...now.problems);
    const parsed = mended(now, before.get(file));
    if (parsed === undefined) continue;
    lastGood.set(file, parsed);
    files.push({ file, parsed });
  }
  return { ...joinFiles(files, problems), lastGood };
}

/** The rules of one file's text. */
export function parseRules(text: string, file: string): LoadedRules {
  const { rules, inhibitions, problems } = parseRuleFile(text, file);
  return { rules: rules.map(({ rule }) => rule), inhibitions, problems };
}

/** What can be read now, with what cannot be as it last was. */
function mended(now: ParsedFile | undefined, before: ParsedFile | undefined): ParsedFile | undefined {
  if (now === undefined || now.brokenUids === null) return before;
  const { brokenUids } = now;
  const kept = before?.rules.filter(({ rule }) => brokenUids.includes(rule.uid)) ?? [];
  return kept.length === 0 ? now : { ...now, rules: [...now.rules, ...kept] };
}

function joinFiles(
  files: readonly { readonly file: string; readonly parsed: ParsedFile }[],
  problems: RuleProblem[],
): Omit<RulesFolder, 'lastGood'> {
  const placed: (PlacedRule & { readonly file: string })[] = [];
  const inhibitions: Inhibition[] = [];
  const takenBy = new Map<string, string>();
  for (const { file, parsed } of files) {
    const room = inhibitionsMax - inhibitions.length;
    inhibitions.push(...parsed.inhibitions.slice(0, room));
    if (parsed.inhibitions.length > room) {
      const message = `inhibitions: there are more than ${inhibitionsMax}, join some with a regular expression`;
      problems.push({ code: 'too_many_inhibitions', file, message });
    }
    for (const it of parsed.rules) {
      const { uid } = it.rule;
      const line = it.lineOf(['uid']);
      const where = { file, rule: uid, ...(line === undefined ? {} : { line }) };
      const other = takenBy.get(uid);
      if (other !== undefined) {
        const message = `uid: ${uid} is taken by a rule in ${other}, choose another`;
        problems.push({ code: 'uid_taken', ...where, message });
      } else if (placed.length >= rulesMax) {
        const message = `rule: there are more than ${rulesMax} rules, group by a label instead of copying rules`;
        problems.push({ code: 'too_many_rules', ...where, message });
      } else {
        takenBy.set(uid, file);
        placed.push({ ...it, file });
      }
    }
  }
  return { placed, rules: placed.map(({ rule }) => rule), inhibitions, problems };
}

const reserved: ReadonlySet<string> = new Set([channelsFileName, routesFileName]);

async function ruleFiles(dir: string, problems: RuleProblem[]): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml') && !reserved.has(entry.name))
      .map(({ name }) => name)
      .sort();
    for (const name of names.slice(ruleFilesMax)) {
      const message = `file: not read, the folder has more than ${ruleFilesMax} rule files, join some`;
      problems.push({ code: 'too_many_files', file: name, message });
    }
    return names.slice(0, ruleFilesMax);
  } catch (error) {
    const message = `file: cannot list the folder (${codeOf(error)}), check the path and its permissions`;
    problems.push({ code: 'directory_unreadable', file: dir, message });
    return [];
  }
}

async function readText(file: string, problems: RuleProblem[]): Promise<string | undefined> {
  const name = path.basename(file);
  try {
    const bytes = await readFile(file);
    if (bytes.length <= ruleFileBytesMax) return bytes.toString('utf8');
    const message = `file: larger than ${ruleFileBytesMax} bytes, split it`;
    problems.push({ code: 'file_too_large', file: name, message });
  } catch (error) {
    const message = `file: cannot be read (${codeOf(error)}), check its permissions`;
    problems.push({ code: 'file_unreadable', file: name, message });
  }
  return undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
