/** What a file looks like here, with the measures it is shown in; null when it is no picture for this browser. */
export async function pictureOf(file: File): Promise<{ url: string; width: number; height: number } | null> {
  if (!/^image\/(?:png|jpeg|gif|webp|avif)$/.test(file.type)) return null
  const url = URL.createObjectURL(file)
  const image = new Image()
  image.src = url
  try {
    await image.decode()
    return { url, width: image.naturalWidth, height: image.naturalHeight }
  } catch {
    URL.revokeObjectURL(url)
    return null
  }
}
