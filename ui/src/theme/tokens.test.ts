import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function tokensOf(theme: 'light' | 'dark'): Map<string, string> {
  const start = css.indexOf(`[data-mantine-color-scheme='${theme}'] {`);
  const block = css.slice(start, css.indexOf('}', start));
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((found) => [found[1] ?? '', found[2] ?? '']),
  );
}

type Rgb = readonly [number, number, number];

function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(linear(one)), luminance(linear(other))].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const surfaces = ['bg', 'surface', 'hover'];
const inks = ['text', 'muted', 'accent', 'ok', 'warning', 'critical', 'info'];
const soft = ['accent', 'ok', 'warning', 'critical', 'info'].map((ink) => [ink, `${ink}-soft`] as const);

it.each(['light', 'dark'] as const)('keeps text readable in the %s theme', (theme) => {
  const tokens = tokensOf(theme);
  const pairs = [
    ...surfaces.flatMap((surface) => inks.map((ink) => [ink, surface] as const)),
    ...soft,
    ['on-accent', 'accent'] as const,
    ['text', 'surface-strong'] as const,
    ['muted', 'surface-strong'] as const,
  ];
  const weak = pairs
    .map(([ink, surface]) => ({
      ink,
      surface,
      ratio: contrast(tokens.get(ink) ?? '', tokens.get(surface) ?? ''),
    }))
    .filter(({ ratio }) => !(ratio >= 4.5));
  expect(weak).toEqual([]);
});

// Linear RGB as somebody without red or green cones sees it (Viénot, Brettel, Mollon 1999).
const blindness: Readonly<Record<string, readonly Rgb[]>> = {
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};

function seen(color: Rgb, matrix: readonly Rgb[]): Rgb {
  const [red = 0, green = 0, blue = 0] = matrix.map((row) =>
    Math.max(0, row[0] * color[0] + row[1] * color[1] + row[2] * color[2]),
  );
  return [red, green, blue];
}

/** OKLab, times 100: two colours 5 apart are easily told apart side by side. */
function perceived([red, green, blue]: Rgb): Rgb {
  const long = Math.cbrt(0.41222 * red + 0.53633 * green + 0.05145 * blue);
  const middle = Math.cbrt(0.2119 * red + 0.6807 * green + 0.1074 * blue);
  const short = Math.cbrt(0.0883 * red + 0.28172 * green + 0.62998 * blue);
  return [
    100 * (0.21045 * long + 0.79362 * middle - 0.00407 * short),
    100 * (1.978 * long - 2.42859 * middle + 0.45059 * short),
    100 * (0.0259 * long + 0.78277 * middle - 0.80868 * short),
  ];
}

function apart(one: Rgb, other: Rgb): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

it.each(
  (['light', 'dark'] as const).flatMap((theme) =>
    Object.keys(blindness).map((kind) => [theme, kind] as const),
  ),
)('tells the eight services apart in the %s theme with %s', (theme, kind) => {
  const tokens = tokensOf(theme);
  const colors = Array.from({ length: 8 }, (_, index) =>
    perceived(seen(linear(tokens.get(`series-${index}`) ?? ''), blindness[kind] ?? [])),
  );
  const close = colors.flatMap((one, left) =>
    colors
      .slice(left + 1)
      .map((other, offset) => ({ left, right: left + 1 + offset, apart: apart(one, other) }))
      .filter((pair) => !(pair.apart >= 5)),
  );
  expect(close).toEqual([]);
});
