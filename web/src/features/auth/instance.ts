import { useQuery } from '@tanstack/react-query'
import { answer, http } from '@/api/client'

/** Whether this Beep can send mail; undefined as long as that is not known. */
export function useMail(): boolean | undefined {
  const instance = useQuery({ queryKey: ['instance'], queryFn: () => answer(http.GET('/instance')) })
  return instance.data?.mail
}
