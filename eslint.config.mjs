// Type-aware lint. Everything a lost promise or a forgotten case could break in an unattended shop is an error here.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { reasonedDisables } from './scripts/reasoned-disables.mjs';

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: the name then stays the same at every importer.',
};
const noMockOfOurs = {
  selector:
    "CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock)$/] > Literal[value=/^\\./]",
  message: 'Pass a hand-written double from test/doubles through an argument instead.',
};
const noWallClock = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'The kernel has no clock: take the instant as an argument (EpochMs).',
};

export default defineConfig(
  { ignores: ['dist/', '.cache/', 'data/', 'coverage/', 'docs/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,mts}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { soglia: { rules: { 'reasoned-disables': reasonedDisables } } },
    rules: {
      'soglia/reasoned-disables': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': ['error', noDefaultExport],
      eqeqeq: 'error',
    },
  },
  {
    files: ['kernel/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Date',
          property: 'now',
          message: 'The kernel has no clock: take the instant as an argument (EpochMs).',
        },
        {
          object: 'Math',
          property: 'random',
          message: 'The kernel has no randomness: take a pure-rand generator as an argument.',
        },
      ],
      'no-restricted-syntax': ['error', noDefaultExport, noWallClock],
    },
  },
  {
    files: ['test/**/*.{ts,tsx}', 'bench/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport, noMockOfOurs],
      '@typescript-eslint/no-non-null-assertion': 'off', // a test that reads undefined fails by itself
    },
  },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } }, // tools ask for a default export
  { files: ['**/*.{js,mjs,cjs}'], extends: [tseslint.configs.strict], rules: { eqeqeq: 'error' } },
);
