import type { alertEndpoints } from '../../contract/index.ts';
import { ApiFailure } from '../../errors.ts';
import type { EndpointHandlers } from '../endpoint-handlers.ts';
import type { AlertContext } from './desk.ts';
import { nowHandlers } from './now-handlers.ts';
import { ruleHandlers } from './rule-handlers.ts';

export type { AlertContext, AlertDesk, RuleBook } from './desk.ts';

export type AlertEndpoint = keyof typeof alertEndpoints;

const none = async () => {
  throw new ApiFailure('no_such_record');
};

export function createAlertHandlers(context: AlertContext): Pick<EndpointHandlers, AlertEndpoint> {
  return {
    noise: none,
    acknowledge: none,
    unacknowledge: none,
    snooze: none,
    unsnooze: none,
    episode: none,
    rule: none,
    createRule: none,
    replaceRule: none,
    removeRule: none,
    checkRule: none,
    previewRule: none,
    exportRules: none,
    channels: none,
    testChannel: none,
    silences: none,
    createSilence: none,
    replaceSilence: none,
    endSilence: none,
    previewSilence: none,
    ...nowHandlers(context),
    ...ruleHandlers(context),
  };
}
