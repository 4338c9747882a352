import { createTheme } from '@mantine/core';
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#eef0fc',
  '#dde1f8',
  '#bcc4f1',
  '#9aa8ff',
  '#7684e6',
  '#5c6fdc',
  '#4b5dd2',
  '#3f51c7',
  '#3443a8',
  '#27338f',
];

/** Mantine's greys of the dark theme, lightest first: those of tokens.css. */
const dark: MantineColorsTuple = [
  '#e7eaef',
  '#c3cad4',
  '#9fa9b8',
  '#77818f',
  '#434b58',
  '#2b313b',
  '#1b1f26',
  '#14171c',
  '#101318',
  '#0b0d10',
];

export const theme = createTheme({
  primaryColor: 'accent',
  // White on either is above 4.5:1.
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, dark },
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-code)',
  defaultRadius: 6,
  fontSizes: { xs: '11px', sm: '13px', md: '13px', lg: '15px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    InputWrapper: {
      styles: { label: { fontSize: 11, lineHeight: '16px', fontWeight: 500, color: 'var(--muted)' } },
    },
    SegmentedControl: { styles: { label: { fontWeight: 500 } } },
  },
});

/** Mantine's own surfaces take our tokens, so that one file decides about colour. */
export const cssVariables: CSSVariablesResolver = () => {
  const surfaces = {
    '--mantine-color-body': 'var(--bg)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-default': 'var(--bg)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--border-strong)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--critical)',
  };
  return { variables: {}, light: surfaces, dark: surfaces };
};
