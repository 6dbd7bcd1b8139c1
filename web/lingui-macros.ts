import { transformAsync } from '@babel/core'
import type { Plugin } from 'vite'

/**
 * Turns the macros of `@lingui` into plain calls at build time, only in files that use them. Types and JSX
 * are left as they are for the compiler that follows.
 */
export function linguiMacros(): Plugin {
  return {
    name: 'beep:lingui-macros',
    enforce: 'pre',
    async transform(code, id) {
      const file = id.split('?')[0] ?? id
      if (!/\.tsx?$/.test(file) || !code.includes('@lingui/') || !code.includes('/macro')) return null
      const result = await transformAsync(code, {
        filename: file,
        babelrc: false,
        configFile: false,
        sourceMaps: true,
        parserOpts: { plugins: ['typescript', 'jsx'] },
        plugins: ['@lingui/babel-plugin-lingui-macro'],
      })
      return result?.code ? { code: result.code, map: result.map } : null
    },
  }
}
