import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { endpoints } from '../contract/index.ts';
import { openAlertApi } from './alert-testing.ts';
import type { AlertApi } from './alert-testing.ts';

let api: AlertApi;
beforeAll(async () => {
  api = await openAlertApi();
  const firing = async () => await api.state.alerts.listAlerts({ states: ['firing'], rowsMax: 10 });
  await vi.waitUntil(async () => (await firing()).length === 1, { timeout: 8_000 });
});
afterAll(async () => {
  await api.close();
});

const own = {
  uid: 'slow-shop',
  name: 'Slow shop',
  signal: { kind: 'latency', quantile: 0.95 },
  conditions: [{ severity: 'warning', threshold: 500 }],
};

it('makes, changes, exports and removes a rule, which is in force at once', async () => {
  const made = endpoints.createRule.response.parse((await api.ask('POST', '/rules', own)).body);
  expect(made.facts.source).toMatchObject({ kind: 'ui' });
  expect(api.alerting.listRules().rules.map(({ uid }) => uid)).toEqual(['errors', 'slow-shop']);
  expect(await api.refusal('POST', '/rules', own)).toMatchObject({
    status: 409,
    fields: [{ path: 'uid', problem: 'slow-shop is taken, choose another' }],
  });
  const changed = { ...own, enabled: false };
  const replaced = await api.ask('PUT', '/rules/slow-shop', changed);
  expect(endpoints.replaceRule.response.parse(replaced.body).rule.enabled).toBe(false);
  const exported = endpoints.exportRules.response.parse((await api.ask('GET', '/rules/export')).body);
  expect(parse(exported.yaml)).toEqual({ rules: [changed] });
  expect((await api.ask('DELETE', '/rules/slow-shop')).body).toEqual({ isRemoved: true });
  expect(await api.refusal('DELETE', '/rules/slow-shop')).toMatchObject({ status: 404 });
  expect(api.alerting.listRules().rules.map(({ uid }) => uid)).toEqual(['errors']);
});

it('leaves the rules of files to the files', async () => {
  const rule = endpoints.rule.response.parse((await api.ask('GET', '/rules/errors')).body);
  expect(rule.facts).toMatchObject({ source: { kind: 'file', path: 'errors.yaml:3' }, firing: 1 });
  expect(rule.yaml).toContain('uid: errors');
  for (const refused of [
    await api.refusal('DELETE', '/rules/errors'),
    await api.refusal('PUT', '/rules/errors', { ...own, uid: 'errors' }),
  ])
    expect(refused).toMatchObject({
      status: 409,
      code: 'conflict',
      message: 'Rule errors stands in errors.yaml:3.',
    });
});

const wrong: readonly (readonly [string, object, string, string])[] = [
  [
    'a threshold that is text',
    { conditions: [{ severity: 'warning', threshold: 'much' }] },
    'conditions.0.threshold',
    'wrong type',
  ],
  ['a duration that is none', { for: 'soon' }, 'for', 'is not a duration'],
  ['an id that is none', { uid: 'Not an id' }, 'uid', 'must be 1 to 80'],
  [
    'a channel that is not there',
    { notify: { channels: ['pager'] } },
    'notify.channels',
    'there is no channel pager',
  ],
  [
    'a pattern that is none',
    { signal: { ...own.signal, filter: [{ label: 'service', op: '=~', value: '(' }] } },
    'signal.filter.0.value',
    'not a regular expression',
  ],
  ['a label that the signal does not have', { groupBy: ['colour'] }, 'groupBy', 'colour'],
  ['a name of a page', { uid: 'export' }, 'uid', 'is reserved'],
];
it.each(wrong)('names the field of %s', async (_, change, path, problem) => {
  const refused = await api.refusal('POST', '/rules', { ...own, ...change });
  expect(refused).toMatchObject({ status: 400, code: 'invalid_body' });
  expect(refused.fields?.find((field) => field.path === path)?.problem).toContain(problem);
});

it('checks a draft and YAML without saving them', async () => {
  const check = async (draft: object) =>
    endpoints.checkRule.response.parse((await api.ask('POST', '/rules/check', draft)).body);
  const good = await check({ rule: own });
  expect(good.problems).toEqual([]);
  expect(good.warnings.map(({ path }) => path)).toEqual(['guard']);
  expect((await check({ yaml: good.yaml ?? '' })).rule).toEqual(good.rule);
  expect(await check({ yaml: 'rules: [' })).toMatchObject({ rule: null });
  expect((await check({ yaml: 'rules: []' })).problems[0]?.problem).toContain('there are 0 rules');
  expect((await check({ rule: { ...own, for: 'soon' } })).problems).toMatchObject([{ path: 'for' }]);
  expect(api.alerting.listRules().rules).toHaveLength(1);
});

it('previews a rule, and says what keeps it from it', async () => {
  const preview = await api.ask('POST', '/rules/preview', { rule: own, from: 'now-1h' });
  expect(endpoints.previewRule.response.parse(preview.body)).toMatchObject({
    ruleUid: 'slow-shop',
    episodes: [],
  });
  const refused = await api.refusal('POST', '/rules/preview', { rule: { ...own, for: 'soon' } });
  expect(refused.fields).toMatchObject([{ path: 'rule.for' }]);
  expect(await api.refusal('POST', '/rules/preview', { rule: own, from: 'now', to: 'now-1h' })).toMatchObject(
    {
      status: 400,
    },
  );
});
