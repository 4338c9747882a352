export { hashOf } from './hash.ts';
export { maskLiterals } from './mask.ts';
export { shapeOf } from './shape.ts';
export type * from './types.ts';
