/** `node --import @nightjar/agent/register app.js`: starts the agent before the app loads, configured by the environment. */
import { start } from './start.ts';

start();
