import {
  File,
  FileArchive,
  FileCode,
  FileImage,
  FileMusic,
  FileSpreadsheet,
  FileText,
  FileVideoCamera,
  type LucideIcon,
  Presentation,
} from 'lucide-react'
import { type FileSign, signOf } from './signs'

const icons: Record<FileSign, LucideIcon> = {
  archive: FileArchive,
  document: FileText,
  sheet: FileSpreadsheet,
  slides: Presentation,
  picture: FileImage,
  video: FileVideoCamera,
  audio: FileMusic,
  code: FileCode,
  file: File,
}

/** The sign of a file, by its name. */
export function FileIcon({ name, size }: { name: string; size: number }) {
  const Icon = icons[signOf(name)]
  return <Icon size={size} strokeWidth={1.5} aria-hidden="true" />
}
