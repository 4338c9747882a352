/**
 * `node --require @nightjar/agent/register app.js`. Node runs this in its thread for loader hooks too, where an ES module
 * cannot be required before 22.22.3 and where there is nothing to trace.
 */
if (!process.getBuiltinModule('node:worker_threads').isInternalThread) require('./register.js');
