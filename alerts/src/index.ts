export type * from './ports.ts';
export {
  actionsMax,
  groupsListedMax,
  holdsMax,
  laneRowsMax,
  outboxPendingMax,
  readingGroupsMax,
  silencesMax,
} from './ports.ts';
export { withBaselines } from './baseline.ts';
export { createEngine } from './engine.ts';
export type { Engine, EngineOptions, RuleSet } from './engine.ts';
export { createLedEngine } from './led-engine.ts';
export type { LedEngineOptions } from './led-engine.ts';
export { createLeadership } from './lease.ts';
export type { Lead, Leadership, LeadershipOptions } from './lease.ts';
export { createScheduler } from './scheduler.ts';
export type { Scheduler, SchedulerOptions } from './scheduler.ts';
export { loadRules, parseRules, readRulesFolder, rulesMax } from './load-rules.ts';
export type { LoadedRules, RuleProblem, RuleProblemCode, RulesFolder } from './load-rules.ts';
export { rulesToYaml } from './export-rules.ts';
export { joinRules, openLiveRules } from './live-rules.ts';
export type { LiveRules, LiveRulesOptions, RuleBook, RuleOrigin } from './live-rules.ts';
export { keptRulesMax } from './rule-store.ts';
export type { KeptRule, KeptRules, RuleStore } from './rule-store.ts';
export { channelsFileName, loadChannels } from './load-channels.ts';
export type { ChannelProblem, ChannelSource, LoadedChannels } from './load-channels.ts';
export { compileMatchers, matcherProblem, subjectOf } from './delivery/matching.ts';
export { loadRoutes, parseRoutes, routesFileName } from './load-routes.ts';
export type { LoadedRoutes, RouteProblem } from './load-routes.ts';
export { createActions, snoozeMsMax } from './delivery/actions.ts';
export type { ActionOutcome, ActionRequest, Actions, ActionsOptions } from './delivery/actions.ts';
export {
  createSilenceClock,
  nextOccurrences,
  occurrencesOf,
  recurrenceProblem,
} from './delivery/recurrence.ts';
export type { IsActive, Occurrence, OccurrenceQuery } from './delivery/recurrence.ts';
export { createGrouper } from './delivery/grouper.ts';
export type { Grouper, GrouperOptions } from './delivery/grouper.ts';
export { createWatchdog } from './delivery/watchdog.ts';
export type { Watchdog, WatchdogOptions } from './delivery/watchdog.ts';
export type { Routing } from './delivery/route.ts';
export { evidenceTimeoutMs } from './delivery/enrich.ts';
export { createDeliveryWorker } from './delivery/worker.ts';
export type { DeliveryWorker, WorkerOptions } from './delivery/worker.ts';
export { openChannel } from './channels/open-channel.ts';
export type { ChannelDependencies } from './channels/open-channel.ts';
export { systemResolve } from './channels/guarded-address.ts';
export { parseAllowList } from './channels/target-policy.ts';
export type { AllowEntry, TargetPolicy } from './channels/target-policy.ts';
export { takeNotes } from './delivery/group.ts';
export { holdsOf } from './delivery/holds.ts';
export { groupId } from './ids.ts';
export { evaluationsMax, previewRule, previewTicksMax } from './backtest/preview.ts';
export type { PreviewPorts, PreviewRequest } from './backtest/preview.ts';
export type { RangeGroup, RangeQuery, RangeReading, RangeSource } from './backtest/range.ts';
export { createPagerDutyInbox } from './delivery/pagerduty-inbox.ts';
export type { InboxOutcome, PagerDutyInboxOptions } from './delivery/pagerduty-inbox.ts';
export { webhookBytesMax } from './channels/pagerduty-webhook.ts';
export { runRuleTest } from './rule-tests/run-rule-test.ts';
export type { RuleTestPorts, RuleTestResult, StoredSpans } from './rule-tests/run-rule-test.ts';
export { lintRule } from './lint-rule.ts';
export type { KnownNames, RuleLint } from './lint-rule.ts';
export { planChanges } from './plan-changes.ts';
export type { RuleChange } from './plan-changes.ts';
