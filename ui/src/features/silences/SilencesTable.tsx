import { Button } from '@mantine/core';
import type { SilenceView } from '@nightjar/collector/contract';
import { useChange } from '../../api/use-change.ts';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Fault } from '../../components/Fault.tsx';
import type { Tone } from '../../components/Tag.tsx';
import { Tag } from '../../components/Tag.tsx';
import { spanText } from '../../lib/moment.ts';
import { matchersText } from '../../lib/matchers.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { recurrenceText } from './silence-draft.ts';
import styles from './Silences.module.css';

const tones: Readonly<Record<SilenceView['state'], Tone>> = {
  active: 'warning',
  scheduled: 'info',
  ended: 'muted',
};

type Props = Readonly<{ silences: readonly SilenceView[]; search: Search }>;

export function SilencesTable({ silences, search }: Props) {
  return (
    <DataTable
      label="Silences"
      columns={columnsOf(search)}
      rows={silences}
      rowKey={({ silence }) => silence.id}
    />
  );
}

function columnsOf(search: Search): readonly Column<SilenceView>[] {
  return [
    { key: 'state', header: 'State', cell: ({ state }) => <Tag tone={tones[state]}>{state}</Tag> },
    {
      key: 'what',
      header: 'What',
      isTitle: true,
      isWhole: true,
      cell: ({ silence }) => (
        <span className="row">
          {silence.name !== '' && <strong>{silence.name}</strong>}
          {silence.name === '' && silence.kind === 'silence' && 'silence'}
          {silence.kind === 'maintenance' && <Tag tone="muted">maintenance</Tag>}
          {silence.mode === 'mute_all' && (
            <Tag tone="warning" title="Even the end of what people were told is held back">
              all
            </Tag>
          )}
        </span>
      ),
    },
    {
      key: 'matchers',
      header: 'Alerts where',
      isWide: true,
      cell: ({ silence }) => {
        const text = matchersText(silence.matchers);
        return <code title={text}>{text}</code>;
      },
    },
    {
      key: 'matches',
      header: 'Matches now',
      isNumber: true,
      cell: ({ matches }) => <span className="num">{matches}</span>,
    },
    { key: 'when', header: 'When', isWhole: true, cell: (view) => <Occurrence view={view} /> },
    {
      key: 'by',
      header: 'By',
      isExtra: true,
      cell: ({ silence }) => (
        <span title={silence.reason}>
          {silence.by}
          {silence.reason !== '' && <span className="muted">: {silence.reason}</span>}
        </span>
      ),
    },
    {
      key: 'do',
      header: 'Actions',
      isWhole: true,
      cell: (view) => <SilenceActions view={view} search={search} />,
    },
  ];
}

function Occurrence({ view }: Readonly<{ view: SilenceView }>) {
  const { silence, windows } = view;
  const first = windows[0] ?? silence;
  return (
    <span className="num">
      {spanText(first.startsAt, first.endsAt)}
      {silence.recurrence !== null && (
        <span className="muted">
          <br />
          {recurrenceText(silence.recurrence)}
        </span>
      )}
    </span>
  );
}

function SilenceActions({ view, search }: Readonly<{ view: SilenceView; search: Search }>) {
  const { goTo } = useUrlState();
  const end = useChange('endSilence');
  const { silence, state } = view;
  if (state === 'ended') return null;
  return (
    <div className={styles['actions']}>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => goTo(paths.changeSilence(search, silence.id))}
      >
        Change
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        disabled={end.isRunning}
        onClick={() => void end.run({ params: { id: silence.id } })}
      >
        {state === 'active' ? 'End now' : 'Delete'}
      </Button>
      <Fault failure={end.failure} />
    </div>
  );
}
