import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { alertRule, explainIssues, inhibition, ruleFile } from '../schema/index.ts';
import type { AlertRule, Inhibition } from '../schema/index.ts';
import { matcherProblem } from './delivery/matching.ts';
import { channelsFileName } from './load-channels.ts';

export const ruleFilesMax = 200;
export const ruleFileBytesMax = 1_000_000;
export const rulesMax = 1_000;
export const inhibitionsMax = 100;

export type RuleProblemCode =
  | 'directory_unreadable'
  | 'file_unreadable'
  | 'file_too_large'
  | 'too_many_files'
  | 'yaml_invalid'
  | 'rule_invalid'
  | 'uid_taken'
  | 'too_many_rules'
  | 'inhibition_invalid'
  | 'too_many_inhibitions';

export interface RuleProblem {
  readonly code: RuleProblemCode;
  readonly file: string;
  /** Where in the file, for example `rules.2`; absent when it is the file itself. */
  readonly rule?: string;
  /** `path: problem, remedy` */
  readonly message: string;
}

export interface LoadedRules {
  readonly rules: readonly AlertRule[];
  readonly inhibitions: readonly Inhibition[];
  readonly problems: readonly RuleProblem[];
}

/** Reads every *.yaml of the folder but `channels.yaml`, in the order of names. What is wrong is returned, the rest loads. */
export async function loadRules(dir: string): Promise<LoadedRules> {
  const rules: AlertRule[] = [];
  const inhibitions: Inhibition[] = [];
  const problems: RuleProblem[] = [];
  const takenBy = new Map<string, string>();
  for (const file of await ruleFiles(dir, problems)) {
    const text = await readText(path.join(dir, file), problems);
    if (text === undefined) continue;
    const parsed = parseRules(text, file);
    problems.push(...parsed.problems);
    const room = inhibitionsMax - inhibitions.length;
    inhibitions.push(...parsed.inhibitions.slice(0, room));
    if (parsed.inhibitions.length > room) {
      const message = `inhibitions: there are more than ${inhibitionsMax}, join some with a regular expression`;
      problems.push({ code: 'too_many_inhibitions', file, message });
    }
    for (const rule of parsed.rules) {
      const other = takenBy.get(rule.uid);
      if (other !== undefined) {
        const message = `uid: ${rule.uid} is taken by a rule in ${other}, choose another`;
        problems.push({ code: 'uid_taken', file, rule: rule.uid, message });
      } else if (rules.length >= rulesMax) {
        const message = `rule: there are more than ${rulesMax} rules, group by a label instead of copying rules`;
        problems.push({ code: 'too_many_rules', file, rule: rule.uid, message });
      } else {
        takenBy.set(rule.uid, file);
        rules.push(rule);
      }
    }
  }
  return { rules, inhibitions, problems };
}

/** The rules of one file's text. */
export function parseRules(text: string, file: string): LoadedRules {
  const document = parseDocument(text, { prettyErrors: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const message = `file: not valid YAML, ${broken.message.split('\n')[0] ?? ''}`;
    return { rules: [], inhibitions: [], problems: [{ code: 'yaml_invalid', file, message }] };
  }
  const content = ruleFile.safeParse(toPlain(document));
  if (!content.success) {
    const problems = explainIssues(content.error).map((message): RuleProblem => ({
      code: 'rule_invalid',
      file,
      message: `${message} (a file holds one list named rules)`,
    }));
    return { rules: [], inhibitions: [], problems };
  }
  const rules: AlertRule[] = [];
  const problems: RuleProblem[] = [];
  content.data.rules.forEach((entry, index) => {
    const parsed = alertRule.safeParse(entry);
    if (parsed.success) rules.push(parsed.data);
    else
      for (const message of explainIssues(parsed.error))
        problems.push({ code: 'rule_invalid', file, rule: `rules.${index}`, message });
  });
  const inhibitions = content.data.inhibitions.flatMap((entry, index) => {
    const read = readInhibition(entry);
    const rule = `inhibitions.${index}`;
    for (const message of read.problems) problems.push({ code: 'inhibition_invalid', file, rule, message });
    return read.inhibition === undefined ? [] : [read.inhibition];
  });
  return { rules, inhibitions, problems };
}

function readInhibition(entry: unknown): { inhibition?: Inhibition; problems: string[] } {
  const parsed = inhibition.safeParse(entry);
  if (!parsed.success) return { problems: explainIssues(parsed.error, 'inhibition') };
  const problems = (['source', 'target'] as const).flatMap((side) =>
    parsed.data[side].flatMap((matcher, index) => {
      const problem = matcherProblem(matcher);
      return problem === undefined ? [] : [`${side}.${index}.value: ${problem}`];
    }),
  );
  return problems.length === 0 ? { inhibition: parsed.data, problems } : { problems };
}

// Alias bombs throw here; maxAliasCount keeps its default of 100.
function toPlain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}

async function ruleFiles(dir: string, problems: RuleProblem[]): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml') && entry.name !== channelsFileName)
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
