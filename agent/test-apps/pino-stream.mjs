import { trace } from '@opentelemetry/api';
import { pino } from 'pino';

const lines = [];
const stream = { write: (line) => void lines.push(line), flush: (done) => done() };
const logger = pino({ messageKey: 'message', errorKey: 'failure' }, stream);
const own = logger[pino.symbols.streamSym] === stream;
logger.debug('not asked for');
trace.getTracer('app').startActiveSpan('logging', (span) => {
  logger.child({ shop: 7 }).warn({ failure: new TypeError('sold out') }, 'inside');
  span.end();
});
pino({ customLevels: { notice: 35 } }, stream).notice({ nested: { deep: true } }, 'outside');
logger.flush((error) => console.log(JSON.stringify({ own, flushed: error === undefined, lines })));
