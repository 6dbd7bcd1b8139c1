import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { toast } from '@/design/toasts'
import { noteErasure } from '@/features/auth/remembered-accounts'
import { useProblemText } from '@/i18n/problems'
import { receiveAnswer, userUpdated, useStore } from '@/state/store'

/** Takes the deletion of my account back. */
export function KeepAccount() {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [pending, setPending] = useState(false)

  async function keep() {
    setPending(true)
    try {
      await receiveAnswer(answer(http.DELETE('/users/@me/deletion')), () => {
        const { me } = useStore.getState()
        return me ? userUpdated({ ...me, deletion_at: null }) : []
      })
      const { me } = useStore.getState()
      if (me) noteErasure(me.id, null)
      toast(t`You keep your account.`)
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
      setPending(false)
    }
  }

  return <Button isPending={pending} onPress={() => void keep()}>{t`Keep my account`}</Button>
}
