'use strict';
// The same as CommonJS.
const { trace } = require('@opentelemetry/api');
const bunyan = require('bunyan');
const { pino } = require('pino');
const winston = require('winston');
const { logAll } = require('./log-lines-all.js');

void logAll({ bunyan, createLogger: bunyan.createLogger, pino, winston, trace });
