import { LineCounter, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';
import { alertRule, explainIssues, inhibition, ruleFile } from '../schema/index.ts';
import type { AlertRule, Inhibition } from '../schema/index.ts';
import { matcherProblem } from './delivery/matching.ts';

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
  | 'too_many_inhibitions'
  | 'kept_rule_unreadable';

export interface RuleProblem {
  readonly code: RuleProblemCode;
  readonly file: string;
  /** Where in the file, for example `rules.2`; absent when it is the file itself. */
  readonly rule?: string;
  /** Counted from 1; absent when it is the file itself. */
  readonly line?: number;
  /** `path: problem, remedy` */
  readonly message: string;
}

/** A rule as one entry of a file. */
export interface PlacedRule {
  readonly rule: AlertRule;
  /** `rules.2` */
  readonly place: string;
  readonly line: number | undefined;
  /** Line of a field of the rule, or of the nearest one around it. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
}

export interface ParsedFile {
  readonly rules: readonly PlacedRule[];
  readonly inhibitions: readonly Inhibition[];
  readonly problems: readonly RuleProblem[];
  /** Uids of entries that are no rule; null when the file as a whole cannot be read. */
  readonly brokenUids: readonly string[] | null;
}

/** The rules of one file's text, each where it stands. */
export function parseRuleFile(text: string, file: string): ParsedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: true, lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const message = `file: not valid YAML, ${broken.message.split('\n')[0] ?? ''}`;
    return unreadable([{ code: 'yaml_invalid', file, ...at(broken.linePos?.[0].line), message }]);
  }
  const lineOf = (path: readonly PropertyKey[]) => lineIn(document, { path, lines });
  const content = ruleFile.safeParse(toPlain(document));
  if (!content.success) {
    return unreadable(
      explained(content.error).map(({ path, message }) => ({
        code: 'rule_invalid',
        file,
        ...at(path.length === 0 ? undefined : lineOf(path)),
        message: `${message} (a file holds one list named rules)`,
      })),
    );
  }
  const entries = readEntries(content.data.rules, { file, lineOf });
  const holds = readInhibitions(content.data.inhibitions, { file, lineOf });
  return { ...entries, ...holds, problems: [...entries.problems, ...holds.problems] };
}

interface Place {
  readonly file: string;
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
}

function readEntries(
  entries: readonly unknown[],
  { file, lineOf }: Place,
): Pick<ParsedFile, 'rules' | 'problems' | 'brokenUids'> {
  const rules: PlacedRule[] = [];
  const problems: RuleProblem[] = [];
  const brokenUids: string[] = [];
  entries.forEach((entry, index) => {
    const parsed = alertRule.safeParse(entry);
    const place = `rules.${index}`;
    const within = (path: readonly PropertyKey[]) => lineOf(['rules', index, ...path]);
    if (parsed.success) {
      rules.push({ rule: parsed.data, place, line: within([]), lineOf: within });
      return;
    }
    const named = z.object({ uid: z.string() }).safeParse(entry);
    if (named.success) brokenUids.push(named.data.uid);
    for (const { path, message } of explained(parsed.error))
      problems.push({ code: 'rule_invalid', file, rule: place, ...at(within(path)), message });
  });
  return { rules, problems, brokenUids };
}

function readInhibitions(
  entries: readonly unknown[],
  { file, lineOf }: Place,
): Pick<ParsedFile, 'inhibitions' | 'problems'> {
  const inhibitions: Inhibition[] = [];
  const problems: RuleProblem[] = [];
  entries.forEach((entry, index) => {
    const read = readInhibition(entry);
    const place = { code: 'inhibition_invalid' as const, file, rule: `inhibitions.${index}` };
    for (const { path, message } of read.problems)
      problems.push({ ...place, ...at(lineOf(['inhibitions', index, ...path])), message });
    if (read.inhibition !== undefined) inhibitions.push(read.inhibition);
  });
  return { inhibitions, problems };
}

interface Explained {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function readInhibition(entry: unknown): { inhibition?: Inhibition; problems: Explained[] } {
  const parsed = inhibition.safeParse(entry);
  if (!parsed.success) return { problems: explained(parsed.error, 'inhibition') };
  const problems = (['source', 'target'] as const).flatMap((side) =>
    parsed.data[side].flatMap((matcher, index) => {
      const problem = matcherProblem(matcher);
      return problem === undefined
        ? []
        : [{ path: [side, index, 'value'], message: `${side}.${index}.value: ${problem}` }];
    }),
  );
  return problems.length === 0 ? { inhibition: parsed.data, problems } : { problems };
}

function explained(error: z.ZodError, whole = 'rule'): Explained[] {
  return error.issues.flatMap((issue) => {
    const messages = explainIssues(new z.ZodError([issue]), whole);
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    return messages.map((message, index) => {
      const key = keys[index];
      return { path: key === undefined ? issue.path : [...issue.path, key], message };
    });
  });
}

/** Line of the node at a path; of the nearest one around it where the field is missing. */
function lineIn(
  document: Document.Parsed,
  { path, lines }: { readonly path: readonly PropertyKey[]; readonly lines: LineCounter },
): number | undefined {
  let node: unknown = document.contents;
  let start = startOf(node);
  for (const step of path) {
    const next = stepInto(node, step);
    if (next === undefined) break;
    node = next.value;
    start = next.start ?? start;
  }
  return start === undefined ? undefined : lines.linePos(start).line;
}

function stepInto(
  node: unknown,
  step: PropertyKey,
): { value: unknown; start: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
    return pair !== undefined && isPair(pair) ? { value: pair.value, start: startOf(pair.key) } : undefined;
  }
  if (!isSeq(node) || typeof step !== 'number') return undefined;
  const item = node.items[step];
  return item === undefined ? undefined : { value: item, start: startOf(item) };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function unreadable(problems: readonly RuleProblem[]): ParsedFile {
  return { rules: [], inhibitions: [], problems, brokenUids: null };
}

function at(line: number | undefined): { line?: number } {
  return line === undefined ? {} : { line };
}

// Alias bombs throw here; maxAliasCount keeps its default of 100.
function toPlain(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
