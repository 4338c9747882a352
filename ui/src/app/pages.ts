import {
  IconBell,
  IconBug,
  IconDatabase,
  IconFileText,
  IconListDetails,
  IconServer2,
  IconStack2,
} from '@tabler/icons-react';
import type { Search } from '../lib/paths.ts';
import { paths } from '../lib/paths.ts';

/** The rail, in order. `under` tells which addresses belong to an entry. */
export const pages = [
  { label: 'Services', key: 's', icon: IconServer2, path: paths.services, under: /^\/($|services)/ },
  { label: 'Traces', key: 't', icon: IconListDetails, path: paths.traces, under: /^\/traces/ },
  { label: 'Database', key: 'd', icon: IconDatabase, path: paths.database, under: /^\/database/ },
  { label: 'Findings', key: 'f', icon: IconBug, path: paths.findings, under: /^\/findings/ },
  { label: 'Queues', key: 'q', icon: IconStack2, path: paths.queues, under: /^\/queues/ },
  { label: 'Logs', key: 'l', icon: IconFileText, path: paths.logs, under: /^\/logs/ },
  { label: 'Alerts', key: 'a', icon: IconBell, path: paths.alerts, under: /^\/alerts/ },
] as const satisfies readonly Readonly<{
  label: string;
  key: string;
  icon: typeof IconBell;
  path: (search: Search) => string;
  under: RegExp;
}>[];
