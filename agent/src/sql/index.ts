export { dialectOf } from './dialect.ts';
export { hashOf } from './hash.ts';
export { literalParameters } from './literal-parameters.ts';
export { maskLiterals } from './mask.ts';
export { fingerprintOf, shapeOf } from './shape.ts';
export type * from './types.ts';
