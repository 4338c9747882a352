import { expect, it } from 'vitest';
import { nodeProblem } from './node-version.ts';

it.each([
  ['20.20.2', false],
  ['22.18.9', false],
  ['22.19.0', true],
  ['24.0.0', true],
  ['26.10.0', true],
])('Node %s will do: %s', (version, isGood) => {
  expect(nodeProblem(version) === undefined).toBe(isGood);
});

it('says which Node is needed', () => {
  expect(nodeProblem('20.20.2')).toBe(
    'Node 20.20.2 is too old for the agent, the app runs without it; use Node 22.19 or newer',
  );
});
