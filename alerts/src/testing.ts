export { storeContract } from './store-contract.ts';
export type { ContractCase, OpenedStore } from './store-contract.ts';
export { ruleStoreContract } from './store-contract/rules.ts';
export type { OpenedRuleStore, RuleStoreCase } from './store-contract/rules.ts';
