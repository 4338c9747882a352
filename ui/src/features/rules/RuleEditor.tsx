import { Button, Tabs } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { AlertRuleInput, FieldProblem } from '@nightjar/collector/contract';
import { unitOf } from '@nightjar/collector/contract';
import { useMemo, useState } from 'react';
import { useChange } from '../../api/use-change.ts';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Fault } from '../../components/Fault.tsx';
import { paths } from '../../lib/paths.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { PreviewPane } from './PreviewPane.tsx';
import { RuleForm } from './RuleForm.tsx';
import { YamlEditor } from './YamlEditor.tsx';
import { ruleOf } from './rule-draft.ts';
import type { RuleDraft } from './rule-draft.ts';
import styles from './Editor.module.css';

const settleMs = 500;

type Props = Readonly<{ start: RuleDraft; isNew: boolean }>;

/** A rule as form or YAML, what is wrong with it, and what it would have done. */
export function RuleEditor({ start, isNew }: Props) {
  const { search, goTo } = useUrlState();
  const [draft, setDraft] = useState(start);
  const [tab, setTab] = useState<string | null>('form');
  const create = useChange('createRule');
  const replace = useChange('replaceRule');
  const rule = useMemo(() => ruleOf(draft), [draft]);
  const [settled] = useDebouncedValue(rule, settleMs);
  const check = useEndpoint('checkRule', { body: { rule: named(settled) } });
  const unit = check.data?.rule ? unitOf(check.data.rule.signal) : '';
  const saving = isNew ? create : replace;
  const problems: readonly FieldProblem[] = check.data?.problems ?? saving.failure?.fields ?? [];
  const save = async () => {
    const saved = isNew
      ? await create.run({ body: rule })
      : await replace.run({ params: { uid: draft.uid }, body: rule });
    if (saved !== undefined) goTo(paths.rule(search, saved.rule.uid));
  };
  return (
    <div className={styles['columns']}>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Tabs value={tab} keepMounted={false} onChange={setTab}>
          <Tabs.List>
            <Tabs.Tab value="form">Form</Tabs.Tab>
            <Tabs.Tab value="yaml">YAML</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="form" pt={12}>
            <RuleForm draft={draft} onChange={setDraft} problems={problems} isNew={isNew} unit={unit} />
          </Tabs.Panel>
          <Tabs.Panel value="yaml" pt={12}>
            <YamlEditor rule={named(rule)} onChange={setDraft} uid={isNew ? undefined : draft.uid} />
          </Tabs.Panel>
        </Tabs>
        <Problems problems={problems} warnings={check.data?.warnings ?? []} />
        <Fault failure={saving.failure} />
        <div className="row">
          <Button type="submit" size="xs" disabled={saving.isRunning || problems.length > 0}>
            {isNew ? 'Save the rule' : 'Save the changes'}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => goTo(isNew ? paths.rules(search) : paths.rule(search, draft.uid))}
          >
            Discard
          </Button>
        </div>
      </form>
      <PreviewPane
        rule={check.data?.rule ?? null}
        onDraft={(next) => setDraft({ ...next, uid: draft.uid, name: draft.name })}
      />
    </div>
  );
}

/** What has no name yet is checked and previewed all the same; the form itself asks for both before it saves. */
function named(rule: AlertRuleInput): AlertRuleInput {
  return {
    ...rule,
    uid: rule.uid === '' ? 'new-rule' : rule.uid,
    name: rule.name === '' ? 'New rule' : rule.name,
  };
}

type ProblemsProps = Readonly<{ problems: readonly FieldProblem[]; warnings: readonly FieldProblem[] }>;

/** All of them once more in words, for those that have no field to stand at. */
function Problems({ problems, warnings }: ProblemsProps) {
  const lines = [
    ...problems.map((one) => ({ ...one, kind: 'problem' })),
    ...warnings.map((one) => ({ ...one, kind: 'warning' })),
  ];
  return (
    <div role="status">
      {lines.length > 0 && (
        <ul className={styles['problems']}>
          {lines.map(({ path, problem, kind }) => (
            <li key={path + problem} className={styles[kind]}>
              {path === '' ? '' : `${path}: `}
              {problem}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
