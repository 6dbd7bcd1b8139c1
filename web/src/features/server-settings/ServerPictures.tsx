import { answer, http, upload } from '@/api/client'
import type { Server } from '@/api/contract'
import { type PictureKind, ProfilePictures } from '@/features/pictures/ProfilePictures'
import type { GatewayEvent } from '@/gateway/protocol'
import { receiveAnswer } from '@/state/store'

function serverUpdated(data: Server): GatewayEvent[] {
  return [{ type: 'server.updated', data }]
}

/** The picture and the banner of a server. */
export function ServerPictures({ server }: { server: Server }) {
  const params = { path: { server_id: server.id } }

  function use(kind: PictureKind, picture: Blob) {
    const path = kind === 'picture' ? 'icon' : 'banner'
    return receiveAnswer(upload<Server>(`/servers/${server.id}/${path}`, picture), serverUpdated)
  }

  function remove(kind: PictureKind) {
    const asked =
      kind === 'picture'
        ? http.DELETE('/servers/{server_id}/icon', { params })
        : http.DELETE('/servers/{server_id}/banner', { params })
    return receiveAnswer(answer(asked), serverUpdated)
  }

  return (
    <ProfilePictures
      id={server.id}
      name={server.name}
      picture={server.icon_url}
      banner={server.banner_url}
      shape="soft"
      onUse={use}
      onRemove={remove}
    />
  )
}
