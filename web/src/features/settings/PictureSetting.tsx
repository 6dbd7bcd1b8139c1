import { answer, http, upload } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import { type PictureKind, ProfilePictures } from '@/features/pictures/ProfilePictures'
import { receiveAnswer, userUpdated } from '@/state/store'

/** My picture and my banner: others, or none. */
export function PictureSetting({ me }: { me: OwnUser }) {
  function use(kind: PictureKind, picture: Blob) {
    const path = kind === 'picture' ? 'avatar' : 'banner'
    return receiveAnswer(upload<OwnUser>(`/users/@me/${path}`, picture), userUpdated)
  }

  function remove(kind: PictureKind) {
    const asked = kind === 'picture' ? http.DELETE('/users/@me/avatar') : http.DELETE('/users/@me/banner')
    return receiveAnswer(answer(asked), userUpdated)
  }

  return (
    <ProfilePictures
      id={me.id}
      name={me.display_name}
      picture={me.avatar_url}
      banner={me.banner_url}
      shape="round"
      onUse={use}
      onRemove={remove}
    />
  )
}
