import { defineConfig } from 'vite';

const GATEWAY = process.env['GATEWAY'] ?? 'http://127.0.0.1:4000';
/** The browser talks to Vite alone, which passes operations on: no origin has to be listed. */
const proxy = { '/graphql': { target: GATEWAY, changeOrigin: true } };

export default defineConfig({
  root: import.meta.dirname,
  server: { proxy },
  preview: { proxy },
});
