import { useState } from 'react'
import type { Id } from '@/api/contract'
import { useStore } from '@/state/store'
import { RoleEditor } from './RoleEditor'
import { RoleList } from './RoleList'

/** The roles of a server, and one of them to change (S8). */
export function RolesSection({ serverId }: { serverId: Id }) {
  const [openId, setOpenId] = useState<Id | null>(null)
  const role = useStore((state) => (openId ? state.roles[openId] : undefined))
  if (role) return <RoleEditor key={role.id} role={role} onBack={() => setOpenId(null)} />
  return <RoleList serverId={serverId} onOpen={setOpenId} />
}
