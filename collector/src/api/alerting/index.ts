import type { alertEndpoints } from '../../contract/index.ts';
import type { EndpointHandlers } from '../endpoint-handlers.ts';
import { channelHandlers } from './channel-handlers.ts';
import type { AlertContext } from './desk.ts';
import { episodeHandler } from './episode-handler.ts';
import { noiseHandler } from './noise-handler.ts';
import { nowHandlers } from './now-handlers.ts';
import { previewHandler } from './preview-handler.ts';
import { ruleHandlers } from './rule-handlers.ts';
import { silenceHandlers } from './silence-handlers.ts';

export type { AlertContext, AlertDesk, RuleBook } from './desk.ts';

export type AlertEndpoint = keyof typeof alertEndpoints;

/** What answers the endpoints on alerts, rules, silences and channels. */
export function createAlertHandlers(context: AlertContext): Pick<EndpointHandlers, AlertEndpoint> {
  return {
    ...nowHandlers(context),
    ...noiseHandler(context),
    ...episodeHandler(context),
    ...ruleHandlers(context),
    ...previewHandler(context),
    ...silenceHandlers(context),
    ...channelHandlers(context),
  };
}
