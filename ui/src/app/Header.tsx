import { ActionIcon, Select, useMantineColorScheme } from '@mantine/core';
import {
  IconDeviceDesktop,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
  IconSun,
} from '@tabler/icons-react';
import { AppLink } from '../components/AppLink.tsx';
import { TimeRangePicker } from '../components/TimeRangePicker.tsx';
import { paths } from '../lib/paths.ts';
import { defaultRange, endsNow } from '../lib/time-range.ts';
import type { TimeRange } from '../lib/time-range.ts';
import { useRangeState, useUrlState } from '../lib/url-state.ts';
import styles from './Header.module.css';

type Props = Readonly<{
  services: readonly string[];
  environments: readonly string[];
  /** The service whose page is open. */
  service: string | null;
  isPickerOpen: boolean;
  onPicker: (isOpen: boolean) => void;
  onSearch: () => void;
}>;

export function Header(props: Props) {
  const { services, environments, service, isPickerOpen, onPicker, onSearch } = props;
  const { search, set, goTo } = useUrlState();
  const { range, environment, isLive } = useRangeState();
  const setRange = (next: TimeRange) => {
    const isDefault = next.from === defaultRange.from && next.to === defaultRange.to;
    set({
      from: isDefault ? undefined : next.from,
      to: isDefault || next.to === 'now' ? undefined : next.to,
    });
  };
  return (
    <header className={styles['header']}>
      <AppLink href={paths.services(search)} className={styles['mark']}>
        <img src="/mark.svg" alt="" width={24} height={24} />
        <span className={styles['name']}>Nightjar</span>
      </AppLink>
      {(environments.length > 1 || environment !== undefined) && (
        <Select
          className={styles['environment']}
          size="xs"
          aria-label="Environment"
          placeholder="All environments"
          data={[...new Set([...environments, ...(environment === undefined ? [] : [environment])])]}
          value={environment ?? null}
          clearable
          onChange={(value) => set({ env: value ?? undefined })}
        />
      )}
      <Select
        className={styles['service']}
        size="xs"
        aria-label="Service"
        placeholder="Go to service"
        data={[...services]}
        value={service !== null && services.includes(service) ? service : null}
        searchable
        nothingFoundMessage="No such service in this range"
        onChange={(value) => {
          if (value !== null) goTo(paths.service(search, value));
        }}
      />
      <button type="button" className={styles['search']} onClick={onSearch}>
        <IconSearch size={14} aria-hidden />
        <span className={styles['searchText']}>Search or paste a trace id</span>
        <kbd aria-hidden>/</kbd>
      </button>
      <div className={styles['right']}>
        <LiveButton isLive={isLive} canLive={endsNow(range)} onToggle={(paused) => set({ paused })} />
        <TimeRangePicker range={range} onChange={setRange} isOpen={isPickerOpen} onOpen={onPicker} />
        <ThemeButton />
      </div>
    </header>
  );
}

type LiveProps = Readonly<{
  isLive: boolean;
  canLive: boolean;
  onToggle: (paused: string | undefined) => void;
}>;

function LiveButton({ isLive, canLive, onToggle }: LiveProps) {
  const label = isLive ? 'Pause' : 'Go live';
  return (
    <button
      type="button"
      className={styles['live']}
      data-live={isLive}
      disabled={!canLive}
      title={canLive ? `${label} (l)` : 'Only a range that ends now can be live'}
      onClick={() => onToggle(isLive ? '1' : undefined)}
    >
      {isLive ? <IconPlayerPause size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
      <span className={styles['liveText']}>{isLive ? 'Live' : 'Paused'}</span>
    </button>
  );
}

const schemes = {
  auto: { next: 'light', icon: IconDeviceDesktop, label: 'Theme: as the system' },
  light: { next: 'dark', icon: IconSun, label: 'Theme: light' },
  dark: { next: 'auto', icon: IconMoon, label: 'Theme: dark' },
} as const;

function ThemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, icon: Icon, label } = schemes[colorScheme];
  return (
    <ActionIcon
      variant="default"
      size={30}
      title={label}
      aria-label={label}
      onClick={() => setColorScheme(next)}
    >
      <Icon size={16} />
    </ActionIcon>
  );
}
