import { fileURLToPath } from 'node:url'
import { lingui } from '@lingui/vite-plugin'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { linguiMacros } from './lingui-macros.ts'

/** What every screen begins with, and most of what is fetched later shares. */
const shared =
  /\/src\/(app\/(beneath|router)|design\/(Avatar|Button|Menu)|features\/(channels\/ChannelIcon|members\/member-names|moderation\/moderation-menu|roles\/hierarchy)|i18n\/times)\.tsx?$/

export default defineConfig({
  plugins: [linguiMacros(), react(), lingui()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    manifest: true,
    // The content policy of the server allows no data: addresses outside pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // With what it imports in one part: a dozen small ones cost more requests, and compress less well.
        codeSplitting: { groups: [{ name: 'shared', test: shared, minShareCount: 2 }] },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/api': { target: process.env.BEEP_ORIGIN ?? 'http://127.0.0.1:8080', ws: true } },
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
})
