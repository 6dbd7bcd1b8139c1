import { useQuery } from '@tanstack/react-query'
import { answer, http } from '@/api/client'

/** Whether this Beep can send mail; undefined as long as that is not known. */
export function useMail(): boolean | undefined {
  return useInstance()?.mail
}

/** Until it is known what this Beep says. */
const usualGraceDays = 14

/** For how many days an account can be kept whose deletion has begun; 0 where it is erased at once. */
export function useGraceDays(): number {
  return useInstance()?.limits.account_deletion_grace_days ?? usualGraceDays
}

function useInstance() {
  return useQuery({ queryKey: ['instance'], queryFn: () => answer(http.GET('/instance')) }).data
}
