import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http, upload } from '@/api/client'
import type { Server } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { toast } from '@/design/toasts'
import { avatarShape, bannerShape } from '@/features/pictures/crop'
import { PictureDialog } from '@/features/pictures/PictureDialog'
import type { GatewayEvent } from '@/gateway/protocol'
import { useProblemText } from '@/i18n/problems'
import { receiveAnswer } from '@/state/store'
import styles from './ServerPictures.module.css'

type Kind = 'icon' | 'banner'

function serverUpdated(data: Server): GatewayEvent[] {
  return [{ type: 'server.updated', data }]
}

/** The picture and the banner of a server. */
export function ServerPictures({ server }: { server: Server }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [choosing, setChoosing] = useState<Kind | null>(null)
  const params = { path: { server_id: server.id } }

  async function remove(kind: Kind) {
    const asked =
      kind === 'icon'
        ? http.DELETE('/servers/{server_id}/icon', { params })
        : http.DELETE('/servers/{server_id}/banner', { params })
    try {
      await receiveAnswer(answer(asked), serverUpdated)
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
  }

  return (
    <div className={styles.pictures}>
      <div className={styles.banner}>
        {server.banner_url && <img src={server.banner_url} alt="" className={styles.image} />}
        <div className={styles.icon}>
          <Avatar id={server.id} name={server.name} url={server.icon_url} size={72} shape="soft" />
        </div>
      </div>
      <div className={styles.actions}>
        <Button onPress={() => setChoosing('icon')}>{t`Change picture`}</Button>
        {server.icon_url && (
          <Button look="quiet" onPress={() => void remove('icon')}>{t`Remove picture`}</Button>
        )}
        <Button onPress={() => setChoosing('banner')}>{t`Change banner`}</Button>
        {server.banner_url && (
          <Button look="quiet" onPress={() => void remove('banner')}>{t`Remove banner`}</Button>
        )}
      </div>
      {choosing && (
        <PictureDialog
          title={choosing === 'icon' ? t`Change picture` : t`Change banner`}
          id={server.id}
          name={server.name}
          url={server.icon_url}
          shape={choosing === 'icon' ? avatarShape : bannerShape}
          onUse={(picture) =>
            receiveAnswer(upload<Server>(`/servers/${server.id}/${choosing}`, picture), serverUpdated)
          }
          onClose={() => setChoosing(null)}
        />
      )}
    </div>
  )
}
