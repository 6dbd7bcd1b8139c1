import { useEffect, useState } from 'react'

/** The value, once it has not changed for so many milliseconds; at once when it is empty. */
export function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    if (value === '') {
      setSettled('')
      return
    }
    const handle = setTimeout(() => setSettled(value), milliseconds)
    return () => clearTimeout(handle)
  }, [value, milliseconds])
  return settled
}
