import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { joiningBudget } from './scripts/joining-budget.mjs';

// `npm run dev` talks to a server that runs on its usual port.
const server = 'http://localhost:8080';

export default defineConfig({
  plugins: [react(), joiningBudget({ maxGzipKilobytes: 250 })],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: { target: ['chrome109', 'firefox115', 'safari16'], modulePreload: { polyfill: false } },
  server: { proxy: { '/hub': { target: server, ws: true } } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
