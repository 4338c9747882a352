// Starts the agent in code, after what it should watch: imports come first whatever their place in the file.
import { start } from '@nightjar/agent';
import express from 'express';

start();
const server = express().listen(0, '127.0.0.1', () =>
  console.log(`ready http://127.0.0.1:${server.address().port}`),
);
process.stdin.resume().on('end', () => server.close());
