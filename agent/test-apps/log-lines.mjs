// Four ways to log, in and outside of a span, as ES modules.
import { trace } from '@opentelemetry/api';
import bunyan, { createLogger } from 'bunyan';
import { pino } from 'pino';
import winston from 'winston';
import { logAll } from './log-lines-all.js';

await logAll({ bunyan, createLogger, pino, winston, trace });
