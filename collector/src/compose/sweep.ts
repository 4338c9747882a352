import { detect } from '@nightjar/agent/detect';
import type { JudgeTrace } from '../query/index.ts';
import { explainTrace } from '../sweep/verdict.ts';

/** The engine's word on a trace that is being looked at. */
export const judgeTrace: JudgeTrace = (spans) => explainTrace(spans, detect);
