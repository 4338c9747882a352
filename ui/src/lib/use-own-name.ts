import { useState } from 'react';

const key = 'nightjar-own-name';
const lengthMax = 200;

/** The name that stands beside what one does, where no login knows it; kept by this browser. */
export function useOwnName(): readonly [string, (name: string) => void] {
  const [name, setName] = useState(() => read());
  const change = (next: string) => {
    setName(next.slice(0, lengthMax));
    write(next.slice(0, lengthMax));
  };
  return [name, change];
}

// A browser may forbid to keep anything; then the name holds for this page.
function read(): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function write(name: string): void {
  try {
    localStorage.setItem(key, name);
  } catch {
    return;
  }
}
