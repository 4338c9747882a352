import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import type { InstrumentationConfig, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import { loadPackage } from './load-package.ts';
import { shipPinoLine } from './pino-shipping.ts';

interface PinoConfig extends InstrumentationConfig {
  areLinesShipped?: boolean | undefined;
}

/**
 * Trace ids in each line of pino, and the lines shipped as OTLP logs. From 9.10 on pino tells of each line it has made, so
 * that the logger keeps the stream it was given; OpenTelemetry's way is to put another in its place, which flush callbacks,
 * `isTTY` and whoever compares streams notice. It is left for older versions, and for those alone that ship lines.
 */
export class PinoLines extends InstrumentationBase<PinoConfig> {
  constructor({ areLinesShipped }: PinoConfig) {
    super('@nightjar/pino', '0.1.0', { enabled: false, areLinesShipped });
    this.enable();
  }

  override enable(): void {
    super.enable();
    unsubscribe(LINE_MADE, shipPinoLine);
    if (this.getConfig().areLinesShipped === true) subscribe(LINE_MADE, shipPinoLine);
  }

  override disable(): void {
    super.disable();
    unsubscribe(LINE_MADE, shipPinoLine);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const { areLinesShipped } = this.getConfig();
    const marking = definitionOf(this, { disableLogSending: true });
    const shipping = definitionOf(this, { disableLogSending: areLinesShipped !== true });
    return new InstrumentationNodeModuleDefinition(
      'pino',
      ['>=5.14.0 <11'],
      (exports: unknown, version?: string) =>
        (tellsOfLines(version) ? marking : shipping)?.patch?.(exports, version) ?? exports,
    );
  }
}

const LINE_MADE = 'tracing:pino_asJson:end';

/** Of one that hooks nothing itself and is on while its owner is. */
function definitionOf(
  owner: { isEnabled: () => boolean },
  config: { disableLogSending: boolean },
): InstrumentationModuleDefinition | undefined {
  const { PinoInstrumentation } = loadPackage('@opentelemetry/instrumentation-pino');
  const theirs = new PinoInstrumentation({ ...config, enabled: false });
  theirs.isEnabled = () => owner.isEnabled();
  return theirs.getModuleDefinitions()[0];
}

/** An unknown version, in a bundle, is taken for a new one: of an old one the lines are marked then and not shipped. */
function tellsOfLines(version: string | undefined): boolean {
  if (version === undefined) return true;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 9 || (major === 9 && minor >= 10);
}
