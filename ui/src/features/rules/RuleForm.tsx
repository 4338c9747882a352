import { Switch, TagsInput, TextInput } from '@mantine/core';
import type { FieldProblem } from '@nightjar/collector/contract';
import { MatchersEditor } from '../../components/MatchersEditor.tsx';
import { ConditionFields } from './ConditionFields.tsx';
import { NotifyFields } from './NotifyFields.tsx';
import { SignalFields } from './SignalFields.tsx';
import { TimingFields } from './TimingFields.tsx';
import { problemAt, uidOf } from './rule-draft.ts';
import type { RuleDraft } from './rule-draft.ts';
import { signalLabels } from './signal-labels.ts';
import styles from './Editor.module.css';

export type FormProps = Readonly<{
  draft: RuleDraft;
  onChange: (draft: RuleDraft) => void;
  problems: readonly FieldProblem[];
}>;

type Props = FormProps & Readonly<{ isNew: boolean; unit: string }>;

export function RuleForm({ draft, onChange, problems, isNew, unit }: Props) {
  const put = (change: Partial<RuleDraft>) => onChange({ ...draft, ...change });
  const error = (path: string) => problemAt(problems, path);
  return (
    <div className={styles['fields']}>
      <div className={styles['line']}>
        <TextInput
          size="xs"
          label="Name"
          required
          placeholder="p95 of the shop"
          value={draft.name}
          error={draft.name === '' ? undefined : error('name')}
          onChange={(event) => {
            const name = event.currentTarget.value;
            const isOwnUid = draft.uid !== uidOf(draft.name);
            put(isNew && !isOwnUid ? { name, uid: uidOf(name) } : { name });
          }}
        />
        <TextInput
          size="xs"
          label="Id"
          required
          disabled={!isNew}
          value={draft.uid}
          error={draft.uid === '' ? undefined : error('uid')}
          onChange={(event) => put({ uid: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label="Owner"
          value={draft.owner}
          error={error('owner')}
          onChange={(event) => put({ owner: event.currentTarget.value })}
        />
      </div>
      <SignalFields draft={draft} onChange={onChange} problems={problems} />
      <MatchersEditor
        label="Only where"
        matchers={draft.filter}
        suggestions={signalLabels[draft.signal.kind]}
        problemOf={(path) => error(`signal.filter.${path}`)}
        onChange={(filter) => put({ filter })}
      />
      <TagsInput
        size="xs"
        label="Judge apart by"
        description="One alert for each value of these labels"
        data={[...signalLabels[draft.signal.kind]]}
        maxTags={5}
        value={[...draft.groupBy]}
        error={error('groupBy')}
        onChange={(groupBy) => put({ groupBy })}
      />
      <ConditionFields draft={draft} onChange={onChange} problems={problems} unit={unit} />
      <TimingFields draft={draft} onChange={onChange} problems={problems} />
      <NotifyFields draft={draft} onChange={onChange} problems={problems} />
      <Switch
        size="xs"
        label="On"
        checked={draft.enabled}
        onChange={(event) => put({ enabled: event.currentTarget.checked })}
      />
    </div>
  );
}
