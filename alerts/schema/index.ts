export { duration, durationMs, parseDuration, positiveDuration } from './duration.ts';
export { labels, matcher, signal, unitOf } from './signal.ts';
export type { Labels, Matcher, Signal } from './signal.ts';
export {
  alertRule,
  condition,
  conditionOp,
  groupsMaxDefault,
  groupsMaxLimit,
  ruleFile,
  severity,
} from './rule.ts';
export type { AlertRule, AlertRuleInput, Condition, ConditionOp, Severity } from './rule.ts';
export { alert, alertKind, alertState, episode, resolveReason, verdictKind } from './alert.ts';
export type { Alert, AlertKind, AlertState, Episode, ResolveReason, VerdictKind } from './alert.ts';
export { inhibition } from './inhibition.ts';
export type { Inhibition } from './inhibition.ts';
export { silence } from './silence.ts';
export type { Silence } from './silence.ts';
export { channelFile, channelSchema } from './channel.ts';
export type { ChannelConfig, ReadSecret } from './channel.ts';
export { notification } from './notification.ts';
export type { Notification } from './notification.ts';
export { explainIssues } from './explain.ts';
export { announcement, instance, phase } from './instance.ts';
export type { Announcement, Instance, Phase } from './instance.ts';
