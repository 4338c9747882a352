import { parseRules, rulesToYaml } from '@nightjar/alerts';
import { alertRule } from '@nightjar/alerts/schema';
import type { AlertRule } from '@nightjar/alerts/schema';
import type { RuleCheck, RuleDetail } from '../../contract/index.ts';
import { ApiFailure } from '../../errors.ts';
import type { Caller, EndpointHandlers } from '../endpoint-handlers.ts';
import { explained, invalidBody } from '../field-problems.ts';
import { alertsMax, episodesMax } from './desk.ts';
import type { AlertContext, AlertDesk } from './desk.ts';
import { boundsOf } from './now-handlers.ts';
import { checksOf } from './rule-checks.ts';
import { ruleFacts, worstFirst } from './rule-facts.ts';
import { readDoings, standing } from './standing.ts';

type Names = 'rules' | 'rule' | 'createRule' | 'replaceRule' | 'removeRule' | 'checkRule' | 'exportRules';

/** How far back a rule's last episode is looked for. */
const lastFiredWithinMs = 90 * 86_400_000;
/** Addresses below `/rules` that are not rules. */
const reservedUids = ['check', 'preview', 'export'];

export function ruleHandlers({ desk, now }: AlertContext): Pick<EndpointHandlers, Names> {
  const read = async (uid: string, range: { readonly fromMs: number; readonly toMs: number }) =>
    await readRule(await desk, { uid, ...range, nowMs: now() });
  const lately = () => ({ fromMs: now() - 3_600_000, toMs: now() + 1 });
  return {
    async rules() {
      const { store, listRules } = await desk;
      const { rules, problems, sourceOf } = listRules();
      const [alerts, episodes] = await Promise.all([
        store.listAlerts({ rowsMax: alertsMax }),
        store.listEpisodes({ fromMs: now() - lastFiredWithinMs, toMs: now() + 1, rowsMax: episodesMax }),
      ]);
      const isPartial = alerts.length >= alertsMax;
      const facts = ruleFacts({ rules, alerts, episodes, sourceOf, isPartial });
      return { rules: [...rules], facts, problems };
    },
    rule: async ({ params, query }) => await read(params.uid, boundsOf(query, now())),
    async createRule({ body }, caller) {
      const { ruleStore, reloadRules } = await desk;
      accept(await desk, body);
      if (reservedUids.includes(body.uid))
        throw invalidBody([{ path: 'uid', problem: `${body.uid} is reserved, choose another` }]);
      if (findRule(await desk, body.uid) !== undefined) throw taken(body.uid);
      const outcome = await ruleStore.add(keptOf(body, { caller, nowMs: now() }));
      if (outcome === 'taken') throw taken(body.uid);
      if (outcome === 'full')
        throw new ApiFailure('conflict', 'There are as many rules as can be kept.', {
          remedy: 'Remove some, or group by a label instead of copying rules.',
        });
      await reloadRules();
      return await read(body.uid, lately());
    },
    async replaceRule({ params, body }, caller) {
      const { ruleStore, reloadRules } = await desk;
      if (body.uid !== params.uid)
        throw invalidBody([{ path: 'uid', problem: `must stay ${params.uid}, the identity of its state` }]);
      refuseOfFile(await desk, params.uid);
      accept(await desk, body);
      const outcome = await ruleStore.replace(keptOf(body, { caller, nowMs: now() }));
      if (outcome === 'missing') throw noSuch(params.uid);
      await reloadRules();
      return await read(params.uid, lately());
    },
    async removeRule({ params }) {
      const { ruleStore, reloadRules } = await desk;
      refuseOfFile(await desk, params.uid);
      if (!(await ruleStore.remove(params.uid))) throw noSuch(params.uid);
      await reloadRules();
      return { isRemoved: true };
    },
    checkRule: async ({ body }) => checkDraft(await desk, body),
    async exportRules() {
      const { ruleStore } = await desk;
      const { rules } = await ruleStore.list();
      return { yaml: rulesToYaml(rules.map(({ rule }) => rule)), rules: rules.length };
    },
  };
}

function findRule({ listRules }: AlertDesk, uid: string): AlertRule | undefined {
  return listRules().rules.find((rule) => rule.uid === uid);
}

type ReadInput = Readonly<{ uid: string; fromMs: number; toMs: number; nowMs: number }>;

async function readRule(desk: AlertDesk, { uid, fromMs, toMs, nowMs }: ReadInput): Promise<RuleDetail> {
  const { store, listRules } = desk;
  const rule = findRule(desk, uid);
  if (rule === undefined) throw noSuch(uid);
  const [stored, episodes, doings] = await Promise.all([
    store.load(uid),
    store.listEpisodes({
      fromMs: Math.min(fromMs, nowMs - lastFiredWithinMs),
      toMs: Math.max(toMs, nowMs + 1),
      rowsMax: episodesMax,
      ruleUid: uid,
    }),
    readDoings(store, nowMs),
  ]);
  const own = (stored?.instances ?? []).map(({ alert }) => alert).toSorted(worstFirst);
  const [facts] = ruleFacts({ rules: [rule], alerts: own, episodes, sourceOf: listRules().sourceOf });
  if (facts === undefined) throw noSuch(uid);
  const inRange = episodes.filter(
    ({ firedAt, resolvedAt }) => firedAt < toMs && (resolvedAt === null || resolvedAt >= fromMs),
  );
  return {
    rule,
    facts,
    yaml: rulesToYaml([rule]),
    alerts: standing(own.slice(0, alertsMax), doings),
    episodes: inRange,
  };
}

function keptOf(rule: AlertRule, who: { readonly caller: Caller; readonly nowMs: number }) {
  return { rule, changedAtMs: who.nowMs, changedBy: who.caller.user ?? null };
}

/** What the schema alone does not see. */
function accept(desk: AlertDesk, rule: AlertRule): void {
  const { problems } = checksOf(rule, desk.worker.alertChannels);
  if (problems.length > 0) throw invalidBody(problems);
}

type Draft = Parameters<EndpointHandlers['checkRule']>[0]['body'];

function checkDraft(desk: AlertDesk, { rule: given, yaml }: Draft): RuleCheck {
  if (yaml !== undefined) return checkYaml(desk, yaml);
  const parsed = alertRule.safeParse(given);
  if (!parsed.success) return { rule: null, yaml: null, problems: explained(parsed.error), warnings: [] };
  const { problems, warnings } = checksOf(parsed.data, desk.worker.alertChannels);
  return {
    rule: problems.length === 0 ? parsed.data : null,
    yaml: rulesToYaml([parsed.data]),
    problems: [...problems],
    warnings: [...warnings],
  };
}

/** A file with one rule. */
function checkYaml(desk: AlertDesk, yaml: string): RuleCheck {
  const { rules, problems } = parseRules(yaml, 'here');
  const refused = problems.map(({ message, line }) => ({
    path: '',
    problem: line === undefined ? message : `line ${line}: ${message}`,
  }));
  if (refused.length === 0 && rules.length !== 1)
    refused.push({ path: '', problem: `there are ${rules.length} rules, write one below rules:` });
  const [rule] = rules;
  if (refused.length > 0 || rule === undefined)
    return { rule: null, yaml: null, problems: refused, warnings: [] };
  return checkDraft(desk, { rule });
}

function refuseOfFile({ listRules }: AlertDesk, uid: string): void {
  const { rules, sourceOf } = listRules();
  if (!rules.some((rule) => rule.uid === uid)) return;
  const source = sourceOf(uid);
  if (source.kind === 'file')
    throw new ApiFailure('conflict', `Rule ${uid} stands in ${source.path}.`, {
      remedy: 'Change it in the file: it is read again at once.',
    });
}

function taken(uid: string): ApiFailure {
  const problem = `${uid} is taken, choose another`;
  return new ApiFailure('conflict', `uid: ${problem}.`, { fields: [{ path: 'uid', problem }] });
}

function noSuch(uid: string): ApiFailure {
  return new ApiFailure('no_such_record', `There is no rule ${uid}.`);
}
