import { alertRule, rulePreview } from '@nightjar/alerts/schema';
import { z } from 'zod';
import { channelsSchema, channelTestSchema } from './alerts-channels.ts';
import { episodeDetailSchema } from './alerts-episode.ts';
import { noiseSchema } from './alerts-noise.ts';
import {
  removedSchema,
  ruleCheckSchema,
  ruleDetailSchema,
  ruleDraftSchema,
  ruleExportSchema,
  rulesSchema,
} from './alerts-rules.ts';
import {
  silenceInputSchema,
  silencePreviewSchema,
  silencesSchema,
  silenceViewSchema,
} from './alerts-silences.ts';
import { acknowledgeInputSchema, alertsSchema, snoozeInputSchema, standingAlertSchema } from './alerts.ts';
import { rangeSchema } from './range.ts';
import { previewRequestSchema } from './rules.ts';

const none = z.object({});
const byId = z.object({ id: z.string().min(1).max(500) });
const byUid = z.object({ uid: z.string().min(1).max(80) });
const byName = z.object({ name: z.string().min(1).max(80) });

const now = {
  alerts: {
    method: 'GET',
    path: '/alerts',
    summary: 'Alerts as they stand, and their episodes',
    params: none,
    query: rangeSchema,
    response: alertsSchema,
  },
  noise: {
    method: 'GET',
    path: '/alerts/noise',
    summary: 'Rules by pages, by minutes of firing and by pages nobody acted on',
    params: none,
    query: rangeSchema.extend({ from: rangeSchema.shape.from.default('now-7d') }),
    response: noiseSchema,
  },
  acknowledge: {
    method: 'POST',
    path: '/alerts/:id/ack',
    summary: 'Acknowledge a firing alert: its repeats stop',
    params: byId,
    query: none,
    body: acknowledgeInputSchema,
    response: standingAlertSchema,
  },
  unacknowledge: {
    method: 'DELETE',
    path: '/alerts/:id/ack',
    summary: 'Take an acknowledgement back',
    params: byId,
    query: none,
    response: standingAlertSchema,
  },
  snooze: {
    method: 'POST',
    path: '/alerts/:id/snooze',
    summary: 'Hold the messages of an alert back for some minutes',
    params: byId,
    query: none,
    body: snoozeInputSchema,
    response: standingAlertSchema,
  },
  unsnooze: {
    method: 'DELETE',
    path: '/alerts/:id/snooze',
    summary: 'End a snooze',
    params: byId,
    query: none,
    response: standingAlertSchema,
  },
  episode: {
    method: 'GET',
    path: '/episodes/:id',
    summary: 'One episode: what happened, who was told, and what the requests had in common',
    params: byId,
    query: none,
    response: episodeDetailSchema,
  },
} as const;

const rules = {
  rules: {
    method: 'GET',
    path: '/rules',
    summary: 'Alert rules as loaded, how each stands, and what could not be loaded',
    params: none,
    query: none,
    response: rulesSchema,
  },
  rule: {
    method: 'GET',
    path: '/rules/:uid',
    summary: 'One rule with its alerts, its episodes in the range, and its YAML',
    params: byUid,
    query: rangeSchema,
    response: ruleDetailSchema,
  },
  createRule: {
    method: 'POST',
    path: '/rules',
    summary: 'Add a rule',
    params: none,
    query: none,
    body: alertRule,
    response: ruleDetailSchema,
  },
  replaceRule: {
    method: 'PUT',
    path: '/rules/:uid',
    summary: 'Change a rule that was made here',
    params: byUid,
    query: none,
    body: alertRule,
    response: ruleDetailSchema,
  },
  removeRule: {
    method: 'DELETE',
    path: '/rules/:uid',
    summary: 'Remove a rule that was made here; what it fires is resolved',
    params: byUid,
    query: none,
    response: removedSchema,
  },
  checkRule: {
    method: 'POST',
    path: '/rules/check',
    summary: 'What is wrong with a rule, and the rule as YAML; saves nothing',
    params: none,
    query: none,
    body: ruleDraftSchema,
    response: ruleCheckSchema,
  },
  previewRule: {
    method: 'POST',
    path: '/rules/preview',
    summary: 'What a rule would have done over a range; saves nothing',
    params: none,
    query: none,
    body: previewRequestSchema,
    response: rulePreview,
  },
  exportRules: {
    method: 'GET',
    path: '/rules/export',
    summary: 'The rules that were made here, as a YAML file',
    params: none,
    query: none,
    response: ruleExportSchema,
  },
} as const;

const channels = {
  channels: {
    method: 'GET',
    path: '/channels',
    summary: 'Channels and how each does',
    params: none,
    query: none,
    response: channelsSchema,
  },
  testChannel: {
    method: 'POST',
    path: '/channels/:name/test',
    summary: 'Send one message, marked as a test',
    params: byName,
    query: none,
    response: channelTestSchema,
  },
} as const;

const silences = {
  silences: {
    method: 'GET',
    path: '/silences',
    summary: 'Silences and maintenance windows that are not over; ended=true also those of the last week',
    params: none,
    query: z.object({ ended: z.enum(['true', 'false']).default('false') }),
    response: silencesSchema,
  },
  createSilence: {
    method: 'POST',
    path: '/silences',
    summary: 'Hold messages back: once or again and again',
    params: none,
    query: none,
    body: silenceInputSchema,
    response: silenceViewSchema,
  },
  replaceSilence: {
    method: 'PUT',
    path: '/silences/:id',
    summary: 'Change a silence',
    params: byId,
    query: none,
    body: silenceInputSchema,
    response: silenceViewSchema,
  },
  endSilence: {
    method: 'DELETE',
    path: '/silences/:id',
    summary: 'End a silence now',
    params: byId,
    query: none,
    response: removedSchema,
  },
  previewSilence: {
    method: 'POST',
    path: '/silences/preview',
    summary: 'When a silence would hold, and which alerts it matches now; saves nothing',
    params: none,
    query: none,
    body: silenceInputSchema,
    response: silencePreviewSchema,
  },
} as const;

export const alertEndpoints = { ...now, ...rules, ...channels, ...silences } as const;
