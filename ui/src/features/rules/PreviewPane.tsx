import { Button, SegmentedControl } from '@mantine/core';
import type { AlertRule, PreviewSuggestion, RulePreview } from '@nightjar/collector/contract';
import { useState } from 'react';
import { ApiFailure, callApi } from '../../api/client.ts';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { Fault } from '../../components/Fault.tsx';
import { PreviewChart } from '../../components/PreviewChart.tsx';
import { Skeleton } from '../../components/States.tsx';
import { quantityText } from '../../lib/quantity.ts';
import { PreviewEpisodes } from './PreviewEpisodes.tsx';
import { draftOf } from './rule-draft.ts';
import type { RuleDraft } from './rule-draft.ts';
import styles from './Editor.module.css';

const ranges = [
  { value: 'now-24h', label: '1 day' },
  { value: 'now-7d', label: '7 days' },
  { value: 'now-14d', label: '14 days' },
];

type Props = Readonly<{
  /** null while something is wrong with it. */
  rule: AlertRule | null;
  onDraft: (draft: RuleDraft) => void;
}>;

/** Before it pages anybody: what the rule would have done. */
export function PreviewPane({ rule, onDraft }: Props) {
  const [from, setFrom] = useState('now-14d');
  return (
    <section className={styles['preview']} aria-labelledby="preview">
      <div className="row">
        <h2 id="preview" className="fill">
          What it would have done
        </h2>
        <SegmentedControl size="xs" data={ranges} value={from} onChange={setFrom} aria-label="Over" />
      </div>
      {rule === null ? (
        <p className="muted">Shown as soon as nothing is wrong with the rule.</p>
      ) : (
        <Replayed rule={rule} from={from} onDraft={onDraft} />
      )}
    </section>
  );
}

function Replayed({
  rule,
  from,
  onDraft,
}: Readonly<{ rule: AlertRule; from: string; onDraft: Props['onDraft'] }>) {
  const preview = useEndpoint('previewRule', { body: { rule, from, to: 'now' } });
  return (
    <Answered
      result={preview}
      failed="What it would have done could not be worked out"
      skeleton={<Skeleton rows={1} height={220} />}
    >
      {(data) => (
        <>
          <p className={styles['said']} role="status">
            {data.summary}
          </p>
          <PreviewChart preview={data} rule={rule} />
          <Suggestions rule={rule} suggestions={data.suggestions} onDraft={onDraft} />
          <PreviewEpisodes preview={data} />
          <p className="muted">{footnote(data)}</p>
        </>
      )}
    </Answered>
  );
}

type SuggestionsProps = Readonly<{
  rule: AlertRule;
  suggestions: readonly PreviewSuggestion[];
  onDraft: Props['onDraft'];
}>;

function Suggestions({ rule, suggestions, onDraft }: SuggestionsProps) {
  const [failure, setFailure] = useState<ApiFailure>();
  const apply = async ({ patch }: PreviewSuggestion) => {
    try {
      const { rule: changed } = await callApi('checkRule', { body: { rule: { ...rule, ...patch } } });
      setFailure(undefined);
      if (changed !== null) onDraft(draftOf(changed));
    } catch (error) {
      if (error instanceof ApiFailure) setFailure(error);
    }
  };
  if (suggestions.length === 0) return null;
  return (
    <>
      <Fault failure={failure} />
      <ul className={styles['tries']} aria-label="Other settings">
        {suggestions.map((suggestion) => (
          <li key={suggestion.change}>
            <code>{suggestion.change}</code>
            <span>
              {timesText(suggestion.noise.pages)}
              {suggestion.noise.short > 0 && `, ${suggestion.noise.short} of them under 2 minutes`}
            </span>
            <Button size="compact-xs" variant="default" onClick={() => void apply(suggestion)}>
              Use this
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function timesText(pages: number): string {
  if (pages === 0) return 'would not have fired';
  return `would have fired ${pages === 1 ? 'once' : `${pages} times`}`;
}

function footnote({ ticks, groups, resolution, isPartial, tookMs }: RulePreview): string {
  const words = [
    `${quantityText('count', ticks)} ticks, ${groups.watched} of ${groups.seen} groups, ` +
      `worked out in ${quantityText('duration', tookMs)}.`,
    isPartial ? 'It fires so much that only the busiest groups were replayed.' : '',
    resolutionText[resolution],
  ];
  return words.filter((text) => text !== '').join(' ');
}

const resolutionText: Readonly<Record<RulePreview['resolution'], string>> = {
  exact: '',
  minute: 'Windows end at whole minutes here.',
  thinned: 'The rule itself looks more often than this did.',
};
