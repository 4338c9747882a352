import {
  durationMs,
  groupIntervalDefault,
  groupWaitDefault,
  maxListedDefault,
  repeatDefault,
} from '../../schema/index.ts';
import type { AlertRule, GroupPlace, Labels, Notify, Route } from '../../schema/index.ts';
import { repeatMsOf } from '../plan.ts';
import { compileMatchers, subjectOf } from './matching.ts';
import type { LabelTest } from './matching.ts';
import { eachIntent } from './pipeline.ts';
import type { Intent, Manner, Stage, StageContext } from './pipeline.ts';

export interface Routing {
  readonly routes?: readonly Route[];
  /** Channels that are told of every alert by itself, because they group themselves. */
  readonly alone?: readonly string[];
}

/**
 * Says where a message goes and in which manner. Channels: the condition's, else the rule's, else the route's, else all;
 * a resolve goes to those that were told of the trigger. Settings of a rule come before those of its route.
 */
export function routeTo(known: readonly string[], routing: Routing = {}): Stage {
  const { routes = [], alone = [] } = routing;
  const tree = routes.map((it) => compileRoute(it, {}));
  return eachIntent((intent, context) => {
    const { announced } = intent.instance;
    const isTold = announced !== null && announced.episodeId === intent.episode.id;
    const route = routeOf(tree, intent, context.plan?.rule);
    const told = isTold || intent.kind === 'resolve' ? (announced?.channels ?? []) : [];
    const wanted =
      intent.kind === 'resolve' && !intent.isMissed ? told : [...told, ...chosen(intent, context, route)];
    const channels = [...new Set(wanted)].filter((name) => known.includes(name));
    // A name that nobody configured must not swallow an alert.
    const reached = channels.length === 0 && intent.kind !== 'resolve' ? known : channels;
    if (reached.length === 0) return 'no_channel';
    const manner = { ...mannerOf(intent, context.plan?.rule, route), alone };
    // What was told as one of a group goes on as that, whatever became of the rule.
    return { ...intent, channels: reached, manner: isTold ? { ...manner, group: announced.group } : manner };
  });

  function chosen(
    { instance }: Intent,
    { plan }: StageContext,
    route: CompiledRoute | undefined,
  ): readonly string[] {
    const own = plan?.conditions.find(({ severity }) => severity === instance.condition)?.channels;
    return own ?? plan?.rule.notify.channels ?? route?.settings.channels ?? known;
  }
}

export const plainManner: Manner = {
  repeatMs: Number.POSITIVE_INFINITY,
  sendResolved: true,
  group: null,
  alone: [],
};

interface CompiledRoute {
  readonly name: string;
  readonly takes: LabelTest;
  readonly settings: Notify;
  readonly children: readonly CompiledRoute[];
}

function compileRoute(route: Route, inherited: Notify): CompiledRoute {
  const { name, owner, match, routes, ...own } = route;
  const settings = { ...inherited, ...own };
  const matches = compileMatchers(match);
  return {
    name,
    settings,
    takes: (subject) => (owner === undefined || subject['owner'] === owner) && matches(subject),
    children: routes.map((it) => compileRoute(it, settings)),
  };
}

function routeOf(
  tree: readonly CompiledRoute[],
  { instance }: Intent,
  rule: AlertRule | undefined,
): CompiledRoute | undefined {
  if (tree.length === 0) return undefined;
  const named = rule?.notify.route;
  const chosen = named === undefined ? undefined : findNamed(tree, named);
  return chosen ?? firstThatTakes(tree, routingSubject(instance, rule));
}

/** What routes look at: the alert's labels, and the owner of its rule. */
function routingSubject({ alert }: Intent['instance'], rule: AlertRule | undefined): Labels {
  return { owner: rule?.owner ?? '', ...subjectOf(alert) };
}

function firstThatTakes(tree: readonly CompiledRoute[], subject: Labels): CompiledRoute | undefined {
  for (const route of tree) {
    if (route.takes(subject)) return firstThatTakes(route.children, subject) ?? route;
  }
  return undefined;
}

function findNamed(tree: readonly CompiledRoute[], name: string): CompiledRoute | undefined {
  for (const route of tree) {
    const found = route.name === name ? route : findNamed(route.children, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function mannerOf(
  intent: Intent,
  rule: AlertRule | undefined,
  route: CompiledRoute | undefined,
): Omit<Manner, 'alone'> {
  const own = Object.fromEntries(
    Object.entries(rule?.notify ?? {}).filter(([, value]) => value !== undefined),
  );
  const settings: Notify = { ...route?.settings, ...own };
  return {
    repeatMs: repeatMsOf(settings.repeat ?? repeatDefault),
    sendResolved: settings.sendResolved ?? true,
    group: groupOf(intent, { settings, scope: scopeOf(rule, route) }),
  };
}

// A rule that says itself how to group is a group of its own; else all rules of a route share its groups.
function scopeOf(rule: AlertRule | undefined, route: CompiledRoute | undefined): string {
  return rule !== undefined && (rule.notify.groupBy !== undefined || route === undefined)
    ? `rule:${rule.uid}`
    : `route:${route?.name ?? ''}`;
}

function groupOf(
  { instance }: Intent,
  { settings, scope }: { readonly settings: Notify; readonly scope: string },
): GroupPlace | null {
  const { groupBy, repeat = repeatDefault, sendResolved = true, maxListed = maxListedDefault } = settings;
  if (groupBy === undefined) return null;
  const subject = subjectOf(instance.alert);
  const repeatMs = repeatMsOf(repeat);
  return {
    scope,
    labels: Object.fromEntries(groupBy.map((label) => [label, subject[label] ?? ''])),
    policy: {
      waitMs: durationMs(settings.groupWait ?? groupWaitDefault),
      intervalMs: durationMs(settings.groupInterval ?? groupIntervalDefault),
      repeatMs: Number.isFinite(repeatMs) ? repeatMs : null,
      maxListed,
      sendResolved: sendResolved !== false,
    },
  };
}
