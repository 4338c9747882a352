import { Button, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useChange } from '../../api/use-change.ts';
import { ApiFailure } from '../../api/client.ts';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Fault } from '../../components/Fault.tsx';
import { MatchersEditor } from '../../components/MatchersEditor.tsx';
import { OwnName } from '../../components/OwnName.tsx';
import { paths } from '../../lib/paths.ts';
import { useOwnName } from '../../lib/use-own-name.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { SilencePreviewPane } from './SilencePreviewPane.tsx';
import { WhenFields } from './WhenFields.tsx';
import { silenceOf } from './silence-draft.ts';
import type { Draft } from './silence-draft.ts';
import styles from './Silences.module.css';

const settleMs = 400;
const labelSuggestions = [
  'alertname',
  'rule_uid',
  'severity',
  'service',
  'operation',
  'environment',
  'queue',
];

type Props = Readonly<{
  start: Draft;
  /** undefined: a new one. */
  id: string | undefined;
}>;

export function SilenceEditor({ start, id }: Props) {
  const { search, goTo } = useUrlState();
  const [draft, setDraft] = useState(start);
  const [ownName] = useOwnName();
  const create = useChange('createSilence');
  const replace = useChange('replaceSilence');
  const silence = useMemo(() => silenceOf(draft), [draft]);
  const [settled] = useDebouncedValue(silence, settleMs);
  const preview = useEndpoint('previewSilence', {
    ...(settled === undefined ? {} : { body: settled }),
    isEnabled: settled !== undefined,
  });
  const saving = id === undefined ? create : replace;
  const refused = preview.error instanceof ApiFailure ? preview.error.fields : [];
  const fields = saving.failure?.fields ?? refused;
  const problemOf = (path: string) => fields.find((one) => one.path === path)?.problem;
  const save = async () => {
    if (silence === undefined) return;
    const body = ownName === '' ? silence : { ...silence, by: ownName };
    const saved = id === undefined ? await create.run({ body }) : await replace.run({ params: { id }, body });
    if (saved !== undefined) goTo(paths.silences(search));
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
        <MatchersEditor
          label="Alerts where all of these hold"
          matchers={draft.matchers}
          suggestions={labelSuggestions}
          problemOf={(path) => problemOf(`matchers.${path}`)}
          onChange={(matchers) => setDraft({ ...draft, matchers })}
        />
        {problemOf('matchers') !== undefined && (
          <Fault failure={{ message: problemOf('matchers') ?? '', remedy: '' }} />
        )}
        <WhenFields draft={draft} onChange={setDraft} problemOf={problemOf} />
        <Textarea
          size="xs"
          label="Why"
          autosize
          minRows={2}
          value={draft.reason}
          error={problemOf('reason')}
          onChange={(event) => setDraft({ ...draft, reason: event.currentTarget.value })}
        />
        <OwnName />
        <Fault failure={saving.failure} />
        <div className="row">
          <Button type="submit" size="xs" disabled={saving.isRunning || silence === undefined}>
            {id === undefined ? 'Silence' : 'Save the changes'}
          </Button>
          <Button size="xs" variant="default" onClick={() => goTo(paths.silences(search))}>
            Discard
          </Button>
        </div>
      </form>
      <SilencePreviewPane preview={preview} tz={draft.repeat === 'once' ? undefined : draft.tz} />
    </div>
  );
}
