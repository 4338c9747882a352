import { Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { AlertRuleInput, FieldProblem } from '@nightjar/collector/contract';
import { useEffect, useState } from 'react';
import { ApiFailure, callApi } from '../../api/client.ts';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { Skeleton } from '../../components/States.tsx';
import { draftOf } from './rule-draft.ts';
import type { RuleDraft } from './rule-draft.ts';
import styles from './Editor.module.css';

type Props = Readonly<{
  rule: AlertRuleInput;
  onChange: (draft: RuleDraft) => void;
  /** The id that must stay; undefined for a new rule. */
  uid: string | undefined;
}>;

/** The rule as a file holds it. What is written here and is right becomes the form. */
export function YamlEditor({ rule, onChange, uid }: Props) {
  const [first] = useState(rule);
  const check = useEndpoint('checkRule', { body: { rule: first } });
  return (
    <Answered result={check} failed="The rule could not be written as YAML" skeleton={<Skeleton rows={10} />}>
      {({ yaml }) => <Text start={yaml ?? asJson(first)} onChange={onChange} uid={uid} />}
    </Answered>
  );
}

/** What is no rule yet cannot be written in short; JSON is YAML too. */
function asJson(rule: AlertRuleInput): string {
  return JSON.stringify({ rules: [rule] }, null, 2);
}

const settleMs = 500;

type TextProps = Readonly<{ start: string; onChange: (draft: RuleDraft) => void; uid: string | undefined }>;

function Text({ start, onChange, uid }: TextProps) {
  const [text, setText] = useState(start);
  const [settled] = useDebouncedValue(text, settleMs);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  useEffect(() => {
    if (settled === start) return undefined;
    const ended = new AbortController();
    void readYaml(settled, ended.signal).then(({ draft, problems: found }) => {
      if (ended.signal.aborted) return;
      const isOther = draft !== undefined && uid !== undefined && draft.uid !== uid;
      setProblems(isOther ? [{ path: 'uid', problem: `must stay ${uid}` }] : found);
      if (draft !== undefined && !isOther) onChange(draft);
    });
    return () => ended.abort();
  }, [settled, start, uid, onChange]);
  return (
    <Textarea
      className={styles['yaml'] ?? ''}
      aria-label="The rule as YAML"
      autosize
      minRows={20}
      spellCheck={false}
      value={text}
      error={problems.length === 0 ? undefined : problems.map(wordsOf).join('; ')}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

type Read = Readonly<{ draft?: RuleDraft | undefined; problems: readonly FieldProblem[] }>;

async function readYaml(yaml: string, signal: AbortSignal): Promise<Read> {
  try {
    const { rule, problems } = await callApi('checkRule', { body: { yaml }, signal });
    return { draft: rule === null ? undefined : draftOf(rule), problems };
  } catch (error) {
    const problem = error instanceof ApiFailure ? error.message : 'The YAML could not be checked.';
    return { problems: [{ path: '', problem }] };
  }
}

function wordsOf({ path, problem }: FieldProblem): string {
  return path === '' ? problem : `${path}: ${problem}`;
}
