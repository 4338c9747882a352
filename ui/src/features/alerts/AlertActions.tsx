import { Button, Menu } from '@mantine/core';
import { IconBellOff, IconCheck, IconClockPause } from '@tabler/icons-react';
import type { StandingAlert } from '@nightjar/collector/contract';
import { useChange } from '../../api/use-change.ts';
import { matchersOf, matchersText } from '../../lib/matchers.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { useOwnName } from '../../lib/use-own-name.ts';
import { useUrlState } from '../../lib/url-state.ts';
import styles from './AlertActions.module.css';

type Props = Readonly<{
  alert: StandingAlert;
  search: Search;
  /** In a row of a table: words only where they are needed. */
  isCompact?: boolean;
}>;

const snoozes: readonly Readonly<{ label: string; minutes: number }>[] = [
  { label: '15 minutes', minutes: 15 },
  { label: '1 hour', minutes: 60 },
  { label: '4 hours', minutes: 240 },
  { label: '1 day', minutes: 1_440 },
];

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
      <Menu shadow="md" position="bottom-end" transitionProps={{ duration: 120 }}>
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="default"
            disabled={isRunning}
            {...(isCompact
              ? { 'aria-label': 'Snooze', title: 'Snooze' }
              : { leftSection: <IconClockPause size={13} aria-hidden /> })}
          >
            {isCompact ? <IconClockPause size={13} aria-hidden /> : 'Snooze'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {snoozes.map(({ label, minutes }) => (
            <Menu.Item key={label} onClick={() => void snooze.run({ params, body: { minutes, ...by } })}>
              {label}
            </Menu.Item>
          ))}
          {alert.snoozed !== null && (
            <Menu.Item onClick={() => void unsnooze.run({ params })}>End the snooze</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
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
