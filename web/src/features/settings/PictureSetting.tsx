import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http, upload } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { FormDialog } from '@/design/FormDialog'
import { toast } from '@/design/toasts'
import { PictureField } from '@/features/pictures/PictureField'
import { useProblemText } from '@/i18n/problems'
import { receiveAnswer, userUpdated } from '@/state/store'
import styles from './SettingsScreen.module.css'

/** My picture: another one, or none. */
export function PictureSetting({ me }: { me: OwnUser }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [choosing, setChoosing] = useState(false)
  const [picture, setPicture] = useState<Blob | null>(null)

  async function remove() {
    try {
      await receiveAnswer(answer(http.DELETE('/users/@me/avatar')), userUpdated)
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
  }

  async function save() {
    if (!picture) return
    await receiveAnswer(upload<OwnUser>('/users/@me/avatar', picture), userUpdated)
    setPicture(null)
  }

  return (
    <div className={styles.picture}>
      <Avatar id={me.id} name={me.display_name} url={me.avatar_url} size={72} />
      <div className={styles.pictureActions}>
        <Button onPress={() => setChoosing(true)}>{t`Change picture`}</Button>
        {me.avatar_url && <Button look="quiet" onPress={() => void remove()}>{t`Remove picture`}</Button>}
      </div>
      {choosing && (
        <FormDialog
          title={t`Change picture`}
          submit={t`Use this picture`}
          isDisabled={!picture}
          onSubmit={save}
          onClose={() => setChoosing(false)}
        >
          {() => (
            <PictureField id={me.id} name={me.display_name} url={me.avatar_url} onPicture={setPicture} />
          )}
        </FormDialog>
      )}
    </div>
  )
}
