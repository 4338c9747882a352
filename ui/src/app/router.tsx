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
  at(
    '/alerts/episodes/$episodeId',
    lazyRouteComponent(() => import('../features/alerts/EpisodePage.tsx'), 'EpisodePage'),
  ),
  at(
    '/alerts/noise',
    lazyRouteComponent(() => import('../features/alerts/NoisePage.tsx'), 'NoisePage'),
  ),
  at(
    '/alerts/rules',
    lazyRouteComponent(() => import('../features/rules/RulesPage.tsx'), 'RulesPage'),
  ),
  at(
    '/alerts/rules/$ruleUid',
    lazyRouteComponent(() => import('../features/rules/RulePage.tsx'), 'RulePage'),
  ),
  at(
    '/alerts/rules/$ruleUid/change',
    lazyRouteComponent(() => import('../features/rules/ChangeRulePage.tsx'), 'ChangeRulePage'),
  ),
  at(
    '/alerts/new-rule',
    lazyRouteComponent(() => import('../features/rules/ChangeRulePage.tsx'), 'NewRulePage'),
  ),
  at(
    '/alerts/silences',
    lazyRouteComponent(() => import('../features/silences/SilencesPage.tsx'), 'SilencesPage'),
  ),
  at(
    '/alerts/silences/$silenceId/change',
    lazyRouteComponent(() => import('../features/silences/ChangeSilencePage.tsx'), 'ChangeSilencePage'),
  ),
  at(
    '/alerts/new-silence',
    lazyRouteComponent(() => import('../features/silences/ChangeSilencePage.tsx'), 'NewSilencePage'),
  ),
  at(
    '/alerts/channels',
    lazyRouteComponent(() => import('../features/channels/ChannelsPage.tsx'), 'ChannelsPage'),
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
