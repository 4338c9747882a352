import { Button, Checkbox } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { paths } from '../../lib/paths.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { SilencesTable } from './SilencesTable.tsx';
import styles from './Silences.module.css';

export function SilencesPage() {
  const { search, set, goTo } = useUrlState();
  const ended = search['ended'] === '1';
  const silences = useEndpoint('silences', { query: { ended: ended ? 'true' : 'false' }, isLive: true });
  return (
    <div className="page">
      <div className={styles['bar']}>
        <h1 className="fill">Silences</h1>
        <Checkbox
          size="xs"
          label="Show those of the last week too"
          checked={ended}
          onChange={(event) => set({ ended: event.currentTarget.checked ? '1' : undefined }, 'replace')}
        />
        <Button
          size="xs"
          variant="default"
          onClick={() => goTo(paths.newSilence(search, { kind: 'maintenance' }))}
        >
          New maintenance
        </Button>
        <Button
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => goTo(paths.newSilence(search))}
        >
          New silence
        </Button>
      </div>
      <AlertNav />
      <Answered result={silences} failed="The silences could not be read" skeleton={<Skeleton rows={4} />}>
        {(data) =>
          data.silences.length === 0 ? (
            <Empty>Nothing is silenced: whatever fires is told.</Empty>
          ) : (
            <SilencesTable silences={data.silences} search={search} />
          )
        }
      </Answered>
    </div>
  );
}
