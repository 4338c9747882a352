import { channel } from 'node:diagnostics_channel';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import { expect, it } from 'vitest';
import { watchBundle } from './bundle-watch.ts';
import { BUNDLED_MODULE_CHANNEL } from './bundled-module.ts';
import type { BundledModule } from './bundled-module.ts';

class Marking extends InstrumentationBase {
  constructor() {
    super('marking', '0.0.0', { enabled: false });
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const mark =
      (by: string) =>
      (exports: object, version?: string): object => ({ ...exports, by, version });
    return new InstrumentationNodeModuleDefinition('nightjar-lib', ['>=2 <3'], mark('main'), undefined, [
      new InstrumentationNodeModuleFile(
        'nightjar-lib/lib/deep.js',
        ['>=2 <3'],
        mark('file'),
        () => undefined,
      ),
      new InstrumentationNodeModuleFile(
        'nightjar-lib/lib/broken.js',
        ['*'],
        () => {
          throw new Error('cannot');
        },
        () => undefined,
      ),
    ]);
  }
}

const warnings: string[] = [];
const marking = new Marking();
watchBundle({
  instrumentationOf: (row) => (row === 'marking' ? marking : undefined),
  warn: (sentence) => void warnings.push(sentence),
});

function told(message: Partial<BundledModule>): unknown {
  const whole = {
    package: 'nightjar-lib',
    version: '2.4.0',
    names: ['nightjar-lib'],
    rows: ['marking'],
    exports: { own: true },
    ...message,
  };
  channel(BUNDLED_MODULE_CHANNEL).publish(whole);
  return whole.exports;
}

it.each([
  ['the main module', {}, { own: true, by: 'main', version: '2.4.0' }],
  ['a file', { names: ['nightjar-lib/lib/deep.js'] }, { own: true, by: 'file', version: '2.4.0' }],
  ['a file that nobody wants', { names: ['nightjar-lib/lib/other.js'] }, { own: true }],
  ['a version without support', { version: '3.0.0' }, { own: true }],
  ['a row that is off', { rows: ['another'] }, { own: true }],
  ['a file whose patch fails', { names: ['nightjar-lib/lib/broken.js'] }, { own: true }],
])('%s', (_, message, exports) => {
  expect(told(message)).toEqual(exports);
});

it('says what failed, and takes no notice of what is no message of the plugin', () => {
  told({ names: ['nightjar-lib/lib/broken.js'] });
  channel(BUNDLED_MODULE_CHANNEL).publish('nonsense');
  expect(warnings.at(-1)).toBe(
    'instrumentation marking could not patch the bundled nightjar-lib: Error: cannot',
  );
});
