import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import ts from 'typescript-eslint';

// The layers: core (no React) <- hooks <- ui <- features <- app. Each may import only what is to its left.
const wall = (files, ...patterns) => ({
  files,
  ignores: ['**/*.test.ts'],
  rules: {
    'no-restricted-imports': ['error', { patterns: patterns.map(([group, message]) => ({ group, message })) }],
  },
});
const react = [
  ['react', 'react-dom', 'react-*', '@mantine/*', '@tabler/*', 'wouter', 'i18next', '@tanstack/*'],
  'core knows no React and no texts',
];
const above = (names) => [
  names.map((name) => `@/${name}/*`).concat(names.map((name) => `@/${name}`)),
  'a layer may not import the layers above it',
];

export default ts.config(
  { ignores: ['dist', 'src/core/contracts.ts'] },
  js.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}'],
    extends: [...ts.configs.strictTypeChecked, ...ts.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An untitled meeting has an empty title: it, too, falls back.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['error', 400],
    },
  },
  {
    files: ['src/{app,features,hooks,ui}/**'],
    extends: [reactHooks.configs.flat.recommended, jsxA11y.flatConfigs.strict],
  },
  { files: ['scripts/**', '*.ts', '*.js'], languageOptions: { globals: globals.node } },
  { files: ['public/**'], languageOptions: { globals: globals.browser, sourceType: 'script' } },
  wall(['src/core/**'], react, above(['hooks', 'ui', 'features', 'app', 'i18n'])),
  wall(['src/hooks/**'], above(['ui', 'features', 'app'])),
  wall(['src/ui/**'], above(['features', 'app'])),
  wall(['src/features/**'], above(['app'])),
);
