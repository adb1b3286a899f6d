// Biome lints everything else; this one rule needs types and misses nothing: every promise is awaited or said to be let go.
import tseslint from 'typescript-eslint';

export default tseslint.config({
  files: ['src/**/*.ts', 'test/**/*.ts', 'tools/**/*.ts'],
  languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
  plugins: { '@typescript-eslint': tseslint.plugin },
  linterOptions: { reportUnusedDisableDirectives: false },
  rules: { '@typescript-eslint/no-floating-promises': 'error' },
});
