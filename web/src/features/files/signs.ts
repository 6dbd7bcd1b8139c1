/** What a file's name says of it. Pure. */
import { extensionOf } from './extension'

/** Names of files that say their language without an extension. */
const languagesByName: Record<string, string> = {
  dockerfile: 'dockerfile',
  makefile: 'makefile',
}

/** Extensions of plain texts, which have no colours. */
const plain = new Set(['', 'txt', 'log', 'text'])

/** The language of a file's text for the highlighter, which decides whether it knows it. */
export function languageOf(name: string): string | null {
  const byName = languagesByName[name.toLowerCase()]
  const extension = extensionOf(name)
  return byName ?? (plain.has(extension) ? null : extension)
}

const icons: Record<string, readonly string[]> = {
  archive: ['zip', 'tar', 'gz', 'tgz', 'bz2', 'xz', '7z', 'rar', 'zst'],
  document: ['pdf', 'doc', 'docx', 'odt', 'rtf', 'epub', 'pages', 'md'],
  sheet: ['xls', 'xlsx', 'ods', 'csv', 'tsv', 'numbers'],
  slides: ['ppt', 'pptx', 'odp', 'key'],
  picture: ['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'heic', 'tif', 'tiff', 'bmp', 'psd', 'ico'],
  video: ['mp4', 'webm', 'mov', 'mkv', 'avi', 'ogv', 'm4v'],
  audio: ['mp3', 'ogg', 'oga', 'opus', 'wav', 'flac', 'm4a', 'aac', 'mid'],
  code: [
    'js',
    'ts',
    'jsx',
    'tsx',
    'rs',
    'py',
    'java',
    'c',
    'h',
    'cpp',
    'hpp',
    'cs',
    'go',
    'rb',
    'php',
    'html',
    'css',
    'json',
    'xml',
    'yml',
    'yaml',
    'toml',
    'sh',
    'sql',
    'ino',
  ],
}

/** The sign that a file without a preview carries. */
export type FileSign =
  | 'archive'
  | 'document'
  | 'sheet'
  | 'slides'
  | 'picture'
  | 'video'
  | 'audio'
  | 'code'
  | 'file'

/** The sign for a file by its name: what it is opened with decides what people call it. */
export function signOf(name: string): FileSign {
  const extension = extensionOf(name)
  const found = Object.entries(icons).find(([, extensions]) => extensions.includes(extension))
  return (found?.[0] as FileSign | undefined) ?? 'file'
}
