export { storeContract } from './store-contract.ts';
export type { ContractCase, OpenedStore } from './store-contract.ts';
