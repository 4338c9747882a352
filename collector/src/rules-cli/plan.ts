import { planChanges } from '@nightjar/alerts';
import type { RuleChange } from '@nightjar/alerts';
import type { AlertRule } from '@nightjar/alerts/schema';
import type { CollectorClient } from './collector-client.ts';
import { noiseText } from './preview-text.ts';

export interface PlanReport {
  readonly text: string;
  /** False when a rule could not be previewed. */
  readonly isComplete: boolean;
}

/** What differs from the rules that run, with what the changed ones would have done. Rules of the dashboard stay. */
export async function planRules(
  wanted: readonly AlertRule[],
  { client, days }: { readonly client: CollectorClient; readonly days: number },
): Promise<PlanReport> {
  const { rules, facts } = await client.listRules();
  const isFromFile = new Set(facts.filter(({ source }) => source.kind === 'file').map(({ uid }) => uid));
  const running = rules.filter(({ uid }) => isFromFile.has(uid));
  const changes = planChanges(running, wanted);
  const lines: string[] = [];
  let isComplete = true;
  const say = async (rule: AlertRule, label: string): Promise<string> => {
    if (!rule.enabled) return `      ${label}: is disabled`;
    const preview = await client.preview(withoutTests(rule), days);
    if (typeof preview !== 'string') return `      ${label}: ${noiseText(preview)}`;
    isComplete = false;
    return `      ${label}: cannot be previewed, ${preview}`;
  };
  for (const change of changes) {
    lines.push(headOf(change));
    if (change.kind === 'changed')
      lines.push(await say(change.before, 'before'), await say(change.rule, 'after'));
    if (change.kind === 'added') lines.push(await say(change.rule, `last ${days} days`));
  }
  const count = (kind: RuleChange['kind']) => changes.filter((it) => it.kind === kind).length;
  const total = `${count('added')} to add, ${count('changed')} to change, ${count('removed')} to remove.`;
  return { text: [...lines, ...(lines.length === 0 ? [] : ['']), total, ''].join('\n'), isComplete };
}

const signs = { added: '+', changed: '~', removed: '-' } as const;

function headOf(change: RuleChange): string {
  const { kind, rule } = change;
  const fields = change.kind === 'changed' ? `: ${change.fields.join(', ')}` : '';
  const end = kind === 'removed' ? ', what it fires is resolved' : '';
  return `  ${signs[kind]} ${rule.uid} (${rule.name})${fields}${end}`;
}

/** Tests may be longer than what a request may hold, and change nothing. */
export function withoutTests(rule: AlertRule): AlertRule {
  return { ...rule, tests: undefined };
}
