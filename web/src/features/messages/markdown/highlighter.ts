/** Colours code. Fetched when a message has code of a known language; each language is fetched when it is met first. */
import type { LanguageFn } from 'highlight.js'
import { createLowlight } from 'lowlight'
import type { Piece } from './highlighting'

type Grammar = () => Promise<{ default: LanguageFn }>

const grammars: Record<string, Grammar> = {
  arduino: () => import('highlight.js/lib/languages/arduino'),
  armasm: () => import('highlight.js/lib/languages/armasm'),
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  go: () => import('highlight.js/lib/languages/go'),
  graphql: () => import('highlight.js/lib/languages/graphql'),
  haskell: () => import('highlight.js/lib/languages/haskell'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  latex: () => import('highlight.js/lib/languages/latex'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  matlab: () => import('highlight.js/lib/languages/matlab'),
  nginx: () => import('highlight.js/lib/languages/nginx'),
  ocaml: () => import('highlight.js/lib/languages/ocaml'),
  perl: () => import('highlight.js/lib/languages/perl'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scala: () => import('highlight.js/lib/languages/scala'),
  shell: () => import('highlight.js/lib/languages/shell'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  verilog: () => import('highlight.js/lib/languages/verilog'),
  vhdl: () => import('highlight.js/lib/languages/vhdl'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
}

/** What people write instead of a language's name. */
const aliases: Record<string, string> = {
  'c#': 'csharp',
  'c++': 'cpp',
  cc: 'cpp',
  console: 'shell',
  cs: 'csharp',
  docker: 'dockerfile',
  gql: 'graphql',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  hs: 'haskell',
  html: 'xml',
  ino: 'arduino',
  js: 'javascript',
  jsonc: 'json',
  jsx: 'javascript',
  kt: 'kotlin',
  make: 'makefile',
  md: 'markdown',
  mjs: 'javascript',
  ml: 'ocaml',
  patch: 'diff',
  pl: 'perl',
  ps1: 'powershell',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  sv: 'verilog',
  svg: 'xml',
  tex: 'latex',
  toml: 'ini',
  ts: 'typescript',
  tsx: 'typescript',
  v: 'verilog',
  yml: 'yaml',
  zsh: 'bash',
}

const lowlight = createLowlight()

/** The code in coloured pieces, or null when the language is not known. */
export async function highlight(code: string, language: string): Promise<Piece[] | null> {
  const wanted = language.toLowerCase()
  const name = Object.hasOwn(aliases, wanted) ? (aliases[wanted] ?? wanted) : wanted
  const grammar = Object.hasOwn(grammars, name) ? grammars[name] : undefined
  if (!grammar) return null
  if (!lowlight.registered(name)) lowlight.register(name, (await grammar()).default)
  return piecesOf(lowlight.highlight(name, code).children)
}

type Nodes = ReturnType<typeof lowlight.highlight>['children']

function piecesOf(nodes: Nodes): Piece[] {
  return nodes.flatMap((node): Piece[] => {
    if (node.type === 'text') return [node.value]
    if (node.type !== 'element') return []
    const { className } = node.properties
    const scope = Array.isArray(className) ? String(className[0] ?? '') : ''
    return [{ scope: scope.replace(/^hljs-/, ''), pieces: piecesOf(node.children as Nodes) }]
  })
}
