import { useLingui } from '@lingui/react/macro'
import { Eye } from 'lucide-react'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Role } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { navigate } from '@/app/router'
import { IconButton } from '@/design/Button'
import { toast } from '@/design/toasts'
import { mayLeave } from '@/design/unsaved'
import { useProblemText } from '@/i18n/problems'
import { useStore } from '@/state/store'

/** Shows the server as somebody sees it who holds this role and no other. */
export function ViewAsButton({ role }: { role: Role }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [pending, setPending] = useState(false)

  async function view() {
    if (!mayLeave()) return
    setPending(true)
    try {
      const params = { path: { server_id: role.server_id, role_id: role.id } }
      const rights = await answer(http.GET('/servers/{server_id}/roles/{role_id}/permissions', { params }))
      useStore.setState({ viewedAs: { serverId: role.server_id, roleId: role.id, ...rights } })
      navigate({ name: 'server', serverId: role.server_id })
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
      setPending(false)
    }
  }

  return (
    <IconButton label={t`View the server as this role`} isPending={pending} onPress={() => void view()}>
      <Eye size={20} />
    </IconButton>
  )
}
