import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Anchor: { defaultProps: { underline: 'always' } }, // colour alone does not tell a link from the text around it
    Skeleton: { defaultProps: { role: 'status' } }, // what has no role has no name for one who does not see it
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
});

/** The nonce that the API wrote into this page: style elements without it are not applied. */
export const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/** The library's pale colours have less contrast than small letters need: 4.5 to 1. */
export const strongerLetters: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-8)',
    '--mantine-color-indigo-light-color': '#25378f',
    '--mantine-color-blue-light-color': '#0b4a80',
    '--mantine-color-teal-light-color': '#04523c',
    '--mantine-color-red-light-color': '#8a1515',
    '--mantine-color-orange-light-color': '#7a2e00',
    '--mantine-color-yellow-light-color': '#6b4300',
    '--mantine-color-gray-light-color': '#343a40',
  },
  dark: { '--mantine-color-dimmed': 'var(--mantine-color-dark-1)', '--mantine-color-anchor': 'var(--mantine-color-indigo-2)' },
});
