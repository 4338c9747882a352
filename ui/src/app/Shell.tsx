import { Outlet, useParams } from '@tanstack/react-router';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { useMantineColorScheme } from '@mantine/core';
import { pollMs, useEndpoint } from '../api/use-endpoint.ts';
import { Notice } from '../components/States.tsx';
import { rangeCorrection } from '../lib/time-range.ts';
import { useKeys } from '../lib/use-keys.ts';
import type { KeyBindings } from '../lib/use-keys.ts';
import { useRangeState, useUrlState } from '../lib/url-state.ts';
import { servicesPollMs } from './arrival-poll.ts';
import { Header } from './Header.tsx';
import { KeysHelp } from './KeysHelp.tsx';
import { pages } from './pages.ts';
import { Rail } from './Rail.tsx';
import { SearchPalette } from './SearchPalette.tsx';
import styles from './Shell.module.css';

type Overlay = 'none' | 'search' | 'range' | 'keys';

type Props = Readonly<{
  problems: readonly string[];
  /** The first span arrived under the eyes of this visitor. */
  hasWaited: boolean;
}>;

/** What stands around every page. */
export function Shell({ problems, hasWaited }: Props) {
  const { search, set, goTo } = useUrlState();
  const { range, query, isLive } = useRangeState();
  useEffect(() => {
    const correction = rangeCorrection(search, range);
    if (correction !== undefined) set(correction, 'replace');
  }, [search, range, set]);
  const [overlay, setOverlay] = useState<Overlay>('none');
  const { service = null } = useParams({ strict: false });
  const services = useEndpoint('services', { query, isLive, everyMs: hasWaited ? servicesPollMs : pollMs });
  const alerts = useEndpoint('alerts', { query, isLive });
  const known = services.data?.services;
  const names = useMemo(() => (known ?? []).map((one) => one.service).sort(), [known]);
  const environments = useMemo(
    () => [...new Set((known ?? []).flatMap((one) => one.environments))].sort(),
    [known],
  );
  const { toggleColorScheme } = useMantineColorScheme();
  const close = () => setOverlay('none');
  const keys: KeyBindings = {
    '/': () => setOverlay('search'),
    '?': () => setOverlay('keys'),
    d: () => setOverlay('range'),
    l: () => set({ paused: search['paused'] === undefined ? '1' : undefined }),
    T: toggleColorScheme,
    ...Object.fromEntries(pages.map(({ key, path }) => [`g ${key}`, () => goTo(path(search))])),
  };
  useKeys(keys);
  return (
    <>
      <a className={styles['skip']} href="#main">
        Skip to the page
      </a>
      <Header
        services={names}
        environments={environments}
        service={service}
        isPickerOpen={overlay === 'range'}
        onPicker={(isOpen) => setOverlay(isOpen ? 'range' : 'none')}
        onSearch={() => setOverlay('search')}
      />
      <div className={styles['body']}>
        <Rail firing={(alerts.data?.alerts ?? []).filter(({ state }) => state === 'firing').length} />
        <main id="main" className={styles['main']}>
          {problems.length > 0 && <Notice>The collector is degraded: {problems.join(' ')}</Notice>}
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <SearchPalette
        isOpen={overlay === 'search'}
        onClose={close}
        services={names}
        search={search}
        onChoose={goTo}
      />
      <KeysHelp isOpen={overlay === 'keys'} onClose={close} />
    </>
  );
}
