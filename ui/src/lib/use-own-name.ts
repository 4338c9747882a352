import { useSyncExternalStore } from 'react';

const key = 'nightjar-own-name';
const lengthMax = 200;

let name = read();
const listeners = new Set<() => void>();

/** The name that stands beside what one does, where no login knows it; kept by this browser, one for all of the page. */
export function useOwnName(): readonly [string, (name: string) => void] {
  return [useSyncExternalStore(subscribe, () => name), change];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next: string): void {
  name = next.slice(0, lengthMax);
  write(name);
  for (const listener of listeners) listener();
}

// A browser may forbid to keep anything; then the name holds for this page.
function read(): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function write(text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    return;
  }
}
