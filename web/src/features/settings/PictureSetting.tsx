import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http, upload } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { toast } from '@/design/toasts'
import { avatarShape } from '@/features/pictures/crop'
import { PictureDialog } from '@/features/pictures/PictureDialog'
import { useProblemText } from '@/i18n/problems'
import { receiveAnswer, userUpdated } from '@/state/store'
import styles from './SettingsScreen.module.css'

/** My picture: another one, or none. */
export function PictureSetting({ me }: { me: OwnUser }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [choosing, setChoosing] = useState(false)

  async function remove() {
    try {
      await receiveAnswer(answer(http.DELETE('/users/@me/avatar')), userUpdated)
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
  }

  return (
    <div className={styles.picture}>
      <Avatar id={me.id} name={me.display_name} url={me.avatar_url} size={72} />
      <div className={styles.pictureActions}>
        <Button onPress={() => setChoosing(true)}>{t`Change picture`}</Button>
        {me.avatar_url && <Button look="quiet" onPress={() => void remove()}>{t`Remove picture`}</Button>}
      </div>
      {choosing && (
        <PictureDialog
          title={t`Change picture`}
          id={me.id}
          name={me.display_name}
          url={me.avatar_url}
          shape={avatarShape}
          onUse={(picture) => receiveAnswer(upload<OwnUser>('/users/@me/avatar', picture), userUpdated)}
          onClose={() => setChoosing(false)}
        />
      )}
    </div>
  )
}
