import { eachIntent } from './pipeline.ts';
import type { Intent, Stage, StageContext } from './pipeline.ts';

/** Trigger: the condition's channels, else the rule's, else all. Resolve: those that were told of the trigger. */
export function routeTo(known: readonly string[]): Stage {
  return eachIntent((intent, context) => {
    const told = intent.kind === 'trigger' ? [] : (intent.instance.announced?.channels ?? []);
    const wanted =
      intent.kind === 'resolve' && !intent.isMissed ? told : [...told, ...chosen(intent, context)];
    const channels = [...new Set(wanted)].filter((name) => known.includes(name));
    // A name that nobody configured must not swallow an alert.
    const reached = channels.length === 0 && intent.kind !== 'resolve' ? known : channels;
    return reached.length === 0 ? 'no_channel' : { ...intent, channels: reached };
  });

  function chosen({ instance }: Intent, { plan }: StageContext): readonly string[] {
    const own = plan?.conditions.find(({ severity }) => severity === instance.condition)?.channels;
    return own ?? plan?.rule.notify.channels ?? known;
  }
}
