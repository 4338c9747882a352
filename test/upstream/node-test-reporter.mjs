/** One line of JSON a finished test of node:test. */
export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, nesting, file = '', skip, todo } = data;
    const isFine = type === 'test:pass' || todo !== undefined;
    const outcome = skip !== undefined ? 'skipped' : isFine ? 'passed' : 'failed';
    yield `@nightjar-outcome ${JSON.stringify({ file, name: '> '.repeat(nesting) + name, outcome })}\n`;
  }
}
