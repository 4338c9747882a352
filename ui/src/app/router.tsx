import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '../lib/paths.ts';
import { BrokenPage } from './BrokenPage.tsx';
import { Gate } from './Gate.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';

const root = createRootRoute({ component: Gate, notFoundComponent: NotFoundPage });

const at = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component });

// A page a chunk: recharts comes only with the pages that draw charts.
const routeTree = root.addChildren([
  at(
    '/',
    lazyRouteComponent(() => import('../features/services/ServicesPage.tsx'), 'ServicesPage'),
  ),
  at(
    '/services/$service',
    lazyRouteComponent(() => import('../features/services/ServicePage.tsx'), 'ServicePage'),
  ),
  at(
    '/traces',
    lazyRouteComponent(() => import('../features/traces/TracesPage.tsx'), 'TracesPage'),
  ),
  at(
    '/traces/$traceId',
    lazyRouteComponent(() => import('../features/traces/TracePage.tsx'), 'TracePage'),
  ),
  at(
    '/findings',
    lazyRouteComponent(() => import('../features/findings/FindingsPage.tsx'), 'FindingsPage'),
  ),
  at(
    '/findings/$findingId',
    lazyRouteComponent(() => import('../features/findings/FindingPage.tsx'), 'FindingPage'),
  ),
  at(
    '/database',
    lazyRouteComponent(() => import('../features/database/DatabasePage.tsx'), 'DatabasePage'),
  ),
  at(
    '/queues',
    lazyRouteComponent(() => import('../features/queues/QueuesPage.tsx'), 'QueuesPage'),
  ),
  at(
    '/logs',
    lazyRouteComponent(() => import('../features/logs/LogsPage.tsx'), 'LogsPage'),
  ),
  at(
    '/alerts',
    lazyRouteComponent(() => import('../features/alerts/AlertsPage.tsx'), 'AlertsPage'),
  ),
]);

export const router = createRouter({
  routeTree,
  // Every value is text: nothing in an address is guessed to be a number or JSON.
  parseSearch: (text) => parseSearch(text),
  stringifySearch,
  defaultErrorComponent: BrokenPage,
  defaultPreload: false,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
