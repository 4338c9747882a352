import { useEffect, useRef } from 'react';

export type KeyBindings = Readonly<Record<string, () => void>>;

const sequenceMs = 1_000;

/** Single keys (`j`, `?`) and sequences (`g s`), silent while somebody types or a modifier is held. */
export function useKeys(bindings: KeyBindings): void {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  }, [bindings]);
  useEffect(() => {
    let before = { key: '', atMs: 0 };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target))
        return;
      const isSequence = event.timeStamp - before.atMs < sequenceMs;
      const run =
        (isSequence ? latest.current[`${before.key} ${event.key}`] : undefined) ?? latest.current[event.key];
      before = { key: event.key, atMs: event.timeStamp };
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isField = ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.isContentEditable;
  // A dialog has keys of its own.
  return isField || target.closest('[role="dialog"]') !== null;
}
