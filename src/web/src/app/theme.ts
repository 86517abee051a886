import { createTheme, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#eef3fe',
  '#dbe5fb',
  '#b7caf4',
  '#8fb1ff',
  '#6a90ea',
  '#4f7ce4',
  '#3a6bdc',
  '#2457c5',
  '#1d4aab',
  '#163c8e',
];
const danger: MantineColorsTuple = [
  '#fdecec',
  '#f9d3d4',
  '#f2a5a8',
  '#ec777c',
  '#e4545a',
  '#dd3d45',
  '#d12f37',
  '#c4262e',
  '#a91d25',
  '#8d151d',
];

export const theme = createTheme({
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  colors: { accent, danger },
  primaryColor: 'accent',
  primaryShade: 7,
  defaultRadius: 'md',
  respectReducedMotion: true,
  fontSizes: { xs: '0.875rem', sm: '1rem', md: '1rem', lg: '1.125rem', xl: '1.25rem' },
  components: {
    // At least 44 px high, for fingers.
    Button: { defaultProps: { size: 'md' }, styles: { root: { minHeight: 44 } } },
    TextInput: { defaultProps: { size: 'md' }, styles: { input: { minHeight: 44 } } },
    NativeSelect: { defaultProps: { size: 'md' }, styles: { input: { minHeight: 44 } } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { transitionProps: { duration: 100 }, withInitialFocusPlaceholder: false } },
  },
});
