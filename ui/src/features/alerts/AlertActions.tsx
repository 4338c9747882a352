import { Button } from '@mantine/core';
import { IconBellOff, IconCheck } from '@tabler/icons-react';
import type { StandingAlert } from '@nightjar/collector/contract';
import { useChange } from '../../api/use-change.ts';
import { matchersOf, matchersText } from '../../lib/matchers.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { useOwnName } from '../../lib/use-own-name.ts';
import { useUrlState } from '../../lib/url-state.ts';
import styles from './AlertActions.module.css';
import { SnoozeMenu } from './SnoozeMenu.tsx';

type Props = Readonly<{
  alert: StandingAlert;
  search: Search;
  /** In a row of a table: words only where they are needed. */
  isCompact?: boolean;
}>;

/** What can be done about one alert. */
export function AlertActions({ alert, search, isCompact = false }: Props) {
  const { goTo } = useUrlState();
  const [ownName] = useOwnName();
  const acknowledge = useChange('acknowledge');
  const unacknowledge = useChange('unacknowledge');
  const snooze = useChange('snooze');
  const unsnooze = useChange('unsnooze');
  const changes = [acknowledge, unacknowledge, snooze, unsnooze];
  const params = { id: alert.id };
  const by = ownName === '' ? {} : { by: ownName };
  const failure = changes.find((change) => change.failure !== undefined)?.failure;
  const isRunning = changes.some((change) => change.isRunning);
  const silence = () =>
    goTo(
      paths.newSilence(search, {
        matchers: matchersText([...matchersOf({ rule_uid: alert.ruleUid }), ...matchersOf(alert.labels)]),
        name: alert.ruleName,
      }),
    );
  return (
    <div className={styles['actions']}>
      {alert.episodeId !== null && alert.acknowledged === null && (
        <Button
          size="compact-xs"
          variant="default"
          disabled={isRunning}
          leftSection={<IconCheck size={13} aria-hidden />}
          title="I look at it: repeats stop until the episode ends"
          onClick={() => void acknowledge.run({ params, body: by })}
        >
          Acknowledge
        </Button>
      )}
      {alert.acknowledged !== null && (
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={isRunning}
          onClick={() => void unacknowledge.run({ params })}
        >
          Take back
        </Button>
      )}
      <SnoozeMenu
        isSnoozed={alert.snoozed !== null}
        isDisabled={isRunning}
        isCompact={isCompact}
        onSnooze={(minutes) => void snooze.run({ params, body: { minutes, ...by } })}
        onEnd={() => void unsnooze.run({ params })}
      />
      <Button
        size="compact-xs"
        variant="default"
        {...(isCompact
          ? { 'aria-label': 'Silence', title: 'Silence' }
          : { leftSection: <IconBellOff size={13} aria-hidden /> })}
        onClick={silence}
      >
        {isCompact ? <IconBellOff size={13} aria-hidden /> : 'Silence'}
      </Button>
      {failure !== undefined && (
        <span className={styles['failure']} role="alert">
          {failure.message}
        </span>
      )}
    </div>
  );
}
