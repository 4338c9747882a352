export { duration, durationMs, parseDuration, positiveDuration } from './duration.ts';
export { isZeroWhenAbsent, labels, matcher, measuredSignal, signal, unitOf } from './signal.ts';
export type { Labels, Matcher, MeasuredSignal, Signal, SignalOf } from './signal.ts';
export { slo } from './slo.ts';
export type { BurnAlert, Slo } from './slo.ts';
export {
  alertRule,
  breachesOfMax,
  condition,
  conditionOp,
  groupsMaxDefault,
  groupsMaxLimit,
  reservedUidPrefix,
  ruleFile,
  severity,
} from './rule.ts';
export type { AlertRule, AlertRuleInput, Condition, ConditionOp, Severity } from './rule.ts';
export { alert, alertKind, alertState, episode, resolveReason, verdictKind } from './alert.ts';
export type { Alert, AlertKind, AlertState, Episode, ResolveReason, VerdictKind } from './alert.ts';
export { inhibition } from './inhibition.ts';
export type { Inhibition } from './inhibition.ts';
export { endedAt, foreverMs, lastEndOf, recurrence, silence } from './silence.ts';
export type { Recurrence, Silence, SilenceInput } from './silence.ts';
export { alertAction, alertHold } from './action.ts';
export type { AlertAction, AlertHold } from './action.ts';
export { evidenceFacts } from './evidence-facts.ts';
export type { LinkedFact } from './evidence-facts.ts';
export { evidence, evidenceRowsMax, evidenceTracesMax } from './evidence.ts';
export type { Evidence } from './evidence.ts';
export { groupIntervalDefault, groupWaitDefault, maxListedDefault, notify, repeatDefault } from './notify.ts';
export type { Notify } from './notify.ts';
export { route, routeDepthMax, routeFile, routesMax } from './route.ts';
export type { Route, RouteInput } from './route.ts';
export { groupMembersMax, groupPolicy, notifyGroup } from './notify-group.ts';
export type { GroupMember, GroupPolicy, NotifyGroup } from './notify-group.ts';
export { channelFile, channelSchema } from './channel.ts';
export type { ChannelConfig, ReadSecret } from './channel.ts';
export { notification, notificationKind } from './notification.ts';
export type { Fact, ListedAlert, Notification, NotificationKind } from './notification.ts';
export { explainIssues } from './explain.ts';
export { announcement, instance, phase, recentTicksMax } from './instance.ts';
export type { Announcement, Instance, Phase, RecentTick, GroupPlace } from './instance.ts';
export {
  previewEpisode,
  previewLimits,
  previewNoise,
  previewSeries,
  previewStretch,
  previewSuggestion,
  previewTick,
  rulePreview,
} from './preview.ts';
export type {
  PreviewEpisode,
  PreviewNoise,
  PreviewSeries,
  PreviewStretch,
  PreviewSuggestion,
  PreviewTick,
  RulePreview,
} from './preview.ts';
export { ruleTest, ruleTestsMax } from './rule-test.ts';
export type { ExpectedEvent, RuleTest } from './rule-test.ts';
